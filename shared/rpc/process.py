"""Runs one nameko service class as a process: `python -m shared.rpc.process services.contacts.service:ContactsService`.

Green from the first line, refuses to start where something is wrong, stops within its grace period whatever hangs.
"""

import os
import warnings

os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
warnings.filterwarnings("ignore", message="\nEventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import importlib  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

import structlog  # noqa: E402
from eventlet.hubs import get_hub  # noqa: E402
from kombu import Connection  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from sqlalchemy import text  # noqa: E402
from sqlalchemy.exc import ProgrammingError  # noqa: E402

from shared import garbage  # noqa: E402
from shared import settings as settings_module  # noqa: E402
from shared.authz.token import Verifier  # noqa: E402
from shared.observability import health, logs, tracing  # noqa: E402
from shared.persistence import migrating  # noqa: E402
from shared.persistence.engine import engine_for  # noqa: E402
from shared.rpc import green, hardened, wire  # noqa: E402
from shared.rpc.config import ENGINE, SETTINGS, VERIFIER  # noqa: E402

log = structlog.get_logger()


def config_for(settings: settings_module.Settings, **more: Any) -> dict[str, Any]:
    """Nameko's configuration for a container of ours."""
    return {
        "AMQP_URI": settings.amqp_url.get_secret_value(),
        "HEARTBEAT": 10,
        "serializer": "json",
        "ACCEPT": wire.ACCEPT,
        "max_workers": settings.workers,
        SETTINGS: settings,
        VERIFIER: Verifier.from_file(settings.transaction_keys),
        ENGINE: engine_for(
            settings.database_url.get_secret_value(),
            pool_size=settings.workers,
            statement_timeout_ms=settings.statement_timeout_ms,
        ),
    } | more


def main(target: str) -> None:
    """Run the service class named `module:Class` until told to stop."""
    module_name, _, class_name = target.partition(":")
    service_class = getattr(importlib.import_module(module_name), class_name)
    service = service_class.name
    settings_class = (
        getattr(service_class, "settings", None) or importlib.import_module(f"services.{service}.settings").Settings
    )
    settings = settings_module.read(settings_class, service)
    process = f"{service}:{class_name}"
    lines = logs.configure(process, settings.log_level)
    tracing.configure(process, settings.otlp_endpoint)
    green.make_green()
    green.assert_green()
    wire.register_serializers()
    hardened.bound_pools(settings.workers * 2 + 4)
    config = config_for(settings)
    _refuse_unknown_schema(service, config[ENGINE])

    runner = ServiceRunner(config)
    runner.add_service(service_class)
    (container,) = runner.containers
    state = health.Health()
    state.checks = {
        "broker": lambda: all(c.connected for c in hardened.consumers_of(container)),
        "store": _store(config),
    }
    health.serve(state, settings.health_host, settings.health_port)
    _stop_on_signal(runner, state, settings.grace_seconds)
    _await_broker(config["AMQP_URI"])
    runner.start()
    lines.gather(get_hub().schedule_call_global)
    garbage.settle()
    log.info("process.started", service=service, workers=settings.workers)
    eventlet.spawn(_watch, container, state)
    runner.wait()
    tracing.flush()
    log.info("process.stopped", service=service)


def _watch(container: Any, state: health.Health) -> None:
    while True:
        if not getattr(container, "_being_killed", False) and all(
            time.monotonic() - consumer.last_tick < health.STALE_SECONDS
            for consumer in hardened.consumers_of(container)
        ):
            state.tick()
        eventlet.sleep(1)


def _store(config: dict[str, Any]) -> health.Check:
    def answers() -> bool:
        try:
            with eventlet.Timeout(2), config[ENGINE].connect() as connection:
                connection.execute(text("SELECT 1"))
        except (Exception, eventlet.Timeout):  # noqa: BLE001 - for readiness, every reason is the same reason
            return False
        return True

    return answers


def _refuse_unknown_schema(service: str, engine: Any) -> None:
    wanted = migrating.head(service)
    deadline = time.monotonic() + 30
    while True:
        try:
            with engine.connect() as connection:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            break
        except ProgrammingError:  # it answers, and knows no such table: waiting would not help
            found = None
            break
        except Exception as error:  # noqa: BLE001 - no store yet: wait for it, then give up with the reason
            if time.monotonic() > deadline:
                sys.exit(f"The store of {service} cannot be read ({type(error).__name__}): is it up and migrated?")
            eventlet.sleep(0.5)
    if not found or found < wanted:
        state = f"is at schema {found}" if found else "has no schema yet"
        sys.exit(f"The store of {service} {state}, this code needs {wanted}: run `tellus migrate {service}`.")


def _await_broker(amqp_uri: str) -> None:
    # nameko starts by publishing and consuming at once: meet a broker that is still booting with patience
    with Connection(amqp_uri) as connection:
        connection.ensure_connection(
            lambda error, _: log.warning("broker.unreachable", error=type(error).__name__),
            interval_start=0.2,
            interval_step=0.3,
            interval_max=2,
        )


def _stop_on_signal(runner: ServiceRunner, state: health.Health, grace_seconds: float) -> None:
    def stop(number: int, _: Any) -> None:
        if state.stopping:
            return
        state.stopping = True
        log.info("process.stopping", signal=number)
        eventlet.spawn(runner.stop)
        eventlet.spawn_after(grace_seconds, _give_up)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _give_up() -> None:
    log.error("process.forced", reason="work was still running after the grace period; the broker delivers it again")
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
