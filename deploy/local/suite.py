"""The one table of everything that runs: name, command, surroundings, order and where its health is asked."""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from deploy.local.errors import LocalError
from deploy.local.places import Places
from deploy.local.postgres import Postgres
from deploy.local.programs import ServerPrograms, find_programs, program
from deploy.local.rabbitmq import RabbitMQ

SERVICES: Final = ("contacts", "cases", "notifications", "audit", "gateway")
SERVERS: Final = ("postgres", "epmd", "rabbitmq")


@dataclass(frozen=True)
class Process:
    """One supervised process."""

    name: str
    kind: Literal["server", "service"]
    command: tuple[str, ...]
    priority: int
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    ports: tuple[int, ...] = ()
    user: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 20


class ProgramMissingError(LocalError):
    """A server program is not on this machine."""


def planned(places: Places) -> list[Process]:
    """Everything that an instance runs, from the table alone: nothing is written."""
    return [*servers(places, find_programs()), *services(places)]


def servers(places: Places, programs: ServerPrograms) -> list[Process]:
    """PostgreSQL, and RabbitMQ with its name server."""
    epmd = program("epmd")
    if programs.postgres is None or programs.rabbitmq is None or epmd is None:
        missing = programs.missing_packages() or ["erlang-base"]
        raise ProgramMissingError(f"Not installed on this machine: {', '.join(missing)}. 'tellus up' offers to do it.")
    ports = places.ports
    postgres, rabbitmq = Postgres(programs.postgres, places), RabbitMQ(programs.rabbitmq, places)
    return [
        Process(
            name="postgres",
            kind="server",
            command=postgres.command,
            priority=10,
            environment={"HOME": str(postgres.home), "LC_ALL": "C.UTF-8", **_restarts_with(postgres.settings())},
            ports=(postgres.port,),
            user=postgres.user.name if postgres.user.switch else None,
            stop_signal="INT",  # fast: TERM would wait for every client to leave by itself
            stop_seconds=30,
        ),
        Process(
            name="epmd",
            kind="server",
            command=(str(epmd), "-address", "127.0.0.1", "-port", str(ports.of("epmd"))),
            priority=10,
            environment={"HOME": str(rabbitmq.home)},
            ports=(ports.of("epmd"),),
            user=rabbitmq.user.name if rabbitmq.user.switch else None,
        ),
        Process(
            name="rabbitmq",
            kind="server",
            command=rabbitmq.command,
            priority=20,
            environment={**rabbitmq.environment, **_restarts_with(rabbitmq.settings())},
            ports=(ports.of("rabbitmq"), ports.of("rabbitmq-management"), ports.of("rabbitmq-distribution")),
            user=rabbitmq.user.name if rabbitmq.user.switch else None,
            stop_seconds=60,
        ),
    ]


def services(places: Places) -> list[Process]:
    """The five services with their workers, the relay, the gateway and what stands in for the outside world."""
    return [
        _standing_in(
            places,
            "identity",
            "deploy.local.identity",
            port="identity",
            extra={"IDENTITY_CODES_ONCE": "no"},  # each command signs in anew, and would have to wait for the next code
        ),
        _standing_in(places, "sink", "deploy.local.sink", port="sink-page"),
        _nameko(places, "contacts-rpc", "contacts", "services.contacts.service:ContactsService"),
        _nameko(places, "cases-rpc", "cases", "services.cases.service:CasesService"),
        _nameko(places, "notifications-rpc", "notifications", "services.notifications.service:NotificationsService"),
        _nameko(places, "notifications-events", "notifications", "services.notifications.service:NotificationsEvents"),
        _nameko(places, "audit-rpc", "audit", "services.audit.service:AuditService"),
        _nameko(places, "gateway-rpc", "gateway", "services.gateway.service:GatewayService"),
        _worker(places, "notifications-sender", "notifications", "services.notifications.processes.sender"),
        _worker(places, "audit-sequencer", "audit", "services.audit.processes.sequencer"),
        _worker(places, "audit-publisher", "audit", "services.audit.processes.publisher"),
        _worker(places, "relay", "relay", "shared.events.relay", *SERVICES),
        _gateway(places),
    ]


def common_environment(places: Places) -> dict[str, str]:
    """What every process of ours is told: where secrets are, which keys sign, whom to talk to."""
    ports = places.ports
    told = {
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",
        "TELLUS_RUN_DIR": str(places.run_dir),
        "TELLUS_BASE_PORT": str(ports.base),
        "TELLUS_SECRETS_DIR": str(places.secrets),
    }
    for service in SERVICES:
        told[f"{service.upper()}_TRANSACTION_KEYS"] = str(places.keys / "transaction.jwks.json")
    told["NOTIFICATIONS_LEASE_SECONDS"] = "15"  # a local sink answers at once: settle a killed sender's mail soon
    told["NOTIFICATIONS_CONVERSATION_SECONDS"] = "10"
    told["NOTIFICATIONS_SMTP_TIMEOUT_SECONDS"] = "5"
    told["AUDIT_STATE_DIR"] = str(places.run_dir / "audit")
    told["NOTIFICATIONS_SMTP_HOST"] = "127.0.0.1"
    told["NOTIFICATIONS_SMTP_PORT"] = str(ports.of("sink-smtp"))
    told["NOTIFICATIONS_FROM_ADDRESS"] = "no-reply@tellus.example"
    told["NOTIFICATIONS_FROM_NAME"] = "Tellus"
    told["GATEWAY_QUOTAS"] = '{"scale": 100}'  # here one person is a whole import, or a load test
    told["GATEWAY_FILES_FOLDER"] = str(places.run_dir / "files")
    told["GATEWAY_PORT"] = str(ports.of("gateway"))
    told["GATEWAY_ISSUER"] = f"http://127.0.0.1:{ports.of('identity')}"
    told["GATEWAY_CLIENT_ID"] = "tellus-gateway"
    return told


def _nameko(places: Places, name: str, service: str, target: str) -> Process:
    cooperative = {"PSYCOPG_WAIT_FUNC": "wait_selector", "EVENTLET_NO_GREENDNS": "yes"}
    return _process(places, name, service, ("shared.rpc.process", target), priority=40, extra=cooperative)


def _worker(places: Places, name: str, service: str, module: str, *arguments: str) -> Process:
    return _process(places, name, service, (module, *arguments), priority=50)


def _gateway(places: Places) -> Process:
    process = _process(places, "gateway", "gateway", ("services.gateway.processes.serve",), priority=60)
    return Process(**{**vars(process), "ports": (places.ports.of("gateway"), *process.ports)})


def _process(
    places: Places,
    name: str,
    service: str,
    arguments: tuple[str, ...],
    *,
    priority: int,
    extra: Mapping[str, str] | None = None,
) -> Process:
    health = places.ports.health(name)
    return Process(
        name=name,
        kind="service",
        command=(sys.executable, "-m", *arguments),
        priority=priority,
        environment={**common_environment(places), f"{service.upper()}_HEALTH_PORT": str(health), **(extra or {})},
        ready_url=f"http://127.0.0.1:{health}/readyz",
        ports=(health,),
    )


def _standing_in(
    places: Places, name: str, module: str, *, port: str, extra: Mapping[str, str] | None = None
) -> Process:
    number = places.ports.of(port)
    return Process(
        name=name,
        kind="service",
        command=(sys.executable, "-m", module),
        priority=30,
        environment={**common_environment(places), f"{name.upper()}_DEVELOPMENT": "yes", **(extra or {})},
        ready_url=f"http://127.0.0.1:{number}/readyz",
        ports=(number,) if name == "identity" else (places.ports.of("sink-smtp"), number),
    )


def _restarts_with(settings: str) -> dict[str, str]:
    """Changed settings change the table, and a changed table restarts the server."""
    return {"TELLUS_SETTINGS_DIGEST": hashlib.sha256(settings.encode()).hexdigest()[:16]}
