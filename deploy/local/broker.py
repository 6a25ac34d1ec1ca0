"""Gives every service its user on the broker, through the management interface."""

import time
from typing import Final

import httpx

from deploy.local.errors import LocalError
from deploy.local.private_files import password, write_private
from deploy.local.rabbitmq import ADMINISTRATOR, VHOST, RabbitMQ
from deploy.local.suite import SERVICES

_OK_OR_THERE: Final = frozenset({httpx.codes.OK, httpx.codes.CREATED, httpx.codes.NO_CONTENT})


class BrokerError(LocalError):
    """The broker could not be reached or refused; the message says what to do."""


def wait_for(rabbitmq: RabbitMQ, *, seconds: float) -> None:
    """The broker accepts connections and its management interface answers."""
    deadline = time.monotonic() + seconds
    while True:
        problem = _problem(rabbitmq)
        if problem is None:
            return
        if time.monotonic() > deadline:
            raise BrokerError(f"RabbitMQ is not ready: {problem}. See {rabbitmq.places.logs / 'rabbitmq.log'}.")
        time.sleep(0.2)


def create_users(rabbitmq: RabbitMQ) -> None:
    """Each service has a user of its own on the suite's virtual host, and its addresses as secret files."""
    with _administrator(rabbitmq) as http:
        _put(http, f"/api/vhosts/{VHOST}", {})
        _grant(http, ADMINISTRATOR, VHOST)
        for service in SERVICES:
            secret = user_password(rabbitmq, service)
            _put(http, f"/api/users/{service}", {"password": secret, "tags": "monitoring"})
            _grant(http, service, VHOST)
            _write_addresses(rabbitmq, service, secret)
    _write_addresses(rabbitmq, "tellus", rabbitmq.administrator_password())


def user_password(rabbitmq: RabbitMQ, user: str) -> str:
    """A service user's password, made up on first use."""
    return password(rabbitmq.places.secrets / f"{user}_amqp_password")


def create_vhost(rabbitmq: RabbitMQ, name: str) -> None:
    """A virtual host of this name exists, open to the administrator and every service."""
    with _administrator(rabbitmq) as http:
        _put(http, f"/api/vhosts/{name}", {})
        for user in (ADMINISTRATOR, *SERVICES):
            _grant(http, user, name)


def drop_vhost(rabbitmq: RabbitMQ, name: str) -> None:
    """No virtual host of this name exists, nor anything in it."""
    with _administrator(rabbitmq) as http:
        answer = http.delete(f"/api/vhosts/{name}")
        if answer.status_code not in {*_OK_OR_THERE, httpx.codes.NOT_FOUND}:
            raise BrokerError(f"RabbitMQ would not drop virtual host {name}: {answer.status_code} {answer.text}")


def _grant(http: httpx.Client, user: str, vhost: str) -> None:
    _put(http, f"/api/permissions/{vhost}/{user}", {"configure": ".*", "write": ".*", "read": ".*"})


def _write_addresses(rabbitmq: RabbitMQ, user: str, secret: str) -> None:
    write_private(rabbitmq.places.secrets / f"{user}_amqp_url", rabbitmq.amqp_url(user, secret))
    write_private(rabbitmq.places.secrets / f"{user}_management_url", rabbitmq.management_url(user, secret))


def _administrator(rabbitmq: RabbitMQ) -> httpx.Client:
    credentials = httpx.BasicAuth(ADMINISTRATOR, rabbitmq.administrator_password())
    return httpx.Client(base_url=rabbitmq.management, auth=credentials, timeout=20, trust_env=False)


def _problem(rabbitmq: RabbitMQ) -> str | None:
    try:
        with _administrator(rabbitmq) as http:
            answer = http.get("/api/health/checks/port-listener/" + str(rabbitmq.places.ports.of("rabbitmq")))
    except httpx.HTTPError as error:
        return f"no answer on port {rabbitmq.places.ports.of('rabbitmq-management')} ({error})"
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return (
            f"it knows another password than {rabbitmq.places.secrets / 'rabbitmq_password'}; 'make clean' forgets both"
        )
    return None if answer.status_code == httpx.codes.OK else f"it answered {answer.status_code}"


def _put(http: httpx.Client, path: str, body: dict[str, str]) -> None:
    answer = http.put(path, json=body)
    if answer.status_code not in _OK_OR_THERE:
        raise BrokerError(f"RabbitMQ refused {path}: {answer.status_code} {answer.text}")
