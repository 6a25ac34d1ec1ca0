"""Two gateways over one store and the directory behind them: how long somebody is still let in after they should not be."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.support.issuing import LoopbackIssuer, issuing
from tests.support.processes import Process, Starter, free_port
from tests.support.servers import FreshDatabase, FreshVhost

PATIENCE_SECONDS = 5.0


@dataclass
class Replicas:
    """Several gateways that know the same people."""

    issuer: LoopbackIssuer
    store: FreshDatabase
    vhost: FreshVhost
    ports: tuple[int, ...]
    gateways: tuple[Process, ...]
    directory: Process

    def token(self, *roles: str, sub: str, **more: Any) -> str:
        """A token of somebody who has just shown their second factor."""
        return self.issuer.token(*roles, sub=sub, acr="two", auth_time=int(time.time()), department="city", **more)

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str,
        at: int = 0,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request to one of them."""
        sent = {"Authorization": f"Bearer {token}", "Tellus-Purpose": "staff_administration"}
        if method == "POST":
            sent["Idempotency-Key"] = uuid4().hex
        address = f"http://127.0.0.1:{self.ports[at]}{path}"
        return httpx.request(method, address, headers=sent | dict(headers or {}), timeout=10, **more)

    def provision(self, name: str) -> str:
        """Somebody is known to the directory, under this name as their issuer's subject too."""
        wish = {"user_name": name, "display_name": "Carl Example", "department": "city.permits"}
        made = self.ask("POST", "/v1/staff", token=self.token("administrator", sub="abel"), json=wish)
        assert made.status_code == httpx.codes.CREATED, made.text
        return str(made.json()["id"])

    def seconds_until(self, change: Callable[[], httpx.Response], token: str, status: int) -> list[float]:
        """How long after a change each gateway first answers with this status; asked without a pause."""
        clients = [httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5) for port in self.ports]
        sent = {"Authorization": f"Bearer {token}"}
        answered = change()
        assert answered.is_success, answered.text
        begun, after = time.perf_counter(), [float("inf")] * len(clients)
        while float("inf") in after and time.perf_counter() < begun + PATIENCE_SECONDS:
            for number, client in enumerate(clients):
                asked = time.perf_counter()
                if after[number] == float("inf") and client.get("/v1/me", headers=sent).status_code == status:
                    after[number] = asked - begun
        for client in clients:
            client.close()
        return after


@contextmanager
def replicas(
    processes: Starter,
    vhost: FreshVhost,
    store: FreshDatabase,
    *,
    count: int = 2,
    more: Mapping[str, str] | None = None,
    **issuer_settings: Any,
) -> Iterator[Replicas]:
    """So many gateways and one directory, ready."""
    with issuing() as issuer:
        issuers = json.dumps(
            [{"issuer": issuer.address, "kind": "by_role", "assurance": {"two": "aal2"}} | issuer_settings]
        )
        ports = tuple(free_port() for _ in range(count))
        gateways = [
            processes.start(
                "gateway",
                "-m",
                "services.gateway.processes.serve",
                environment={
                    "PREFIX": "gateway",
                    "GATEWAY_DATABASE_URL": store.url,
                    "GATEWAY_AMQP_URL": vhost.amqp_url,
                    "GATEWAY_SIGNING_KEY": processes.keys.private["gateway"],
                    "GATEWAY_ISSUERS": issuers,
                    "GATEWAY_PORT": str(port),
                    **(more or {}),
                },
            )
            for port in ports
        ]
        directory = processes.service(
            "services.gateway.service:GatewayService", database_url=store.url, vhost=vhost, issuers=issuers
        )
        ready = tuple(gateway.await_ready() for gateway in gateways)
        yield Replicas(issuer, store, vhost, ports, ready, directory)
