"""Brings an instance up, in order, leaving alone whatever already runs as it should."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.local import broker, databases, packages, topology
from deploy.local.keys import (
    make_audit_log_key,
    make_gateway_client_key,
    make_gateway_session_key,
    make_gateway_storage_keys,
    make_transaction_keys,
)
from deploy.local.migrations import migratable, migrate
from deploy.local.places import Places
from deploy.local.postgres import Postgres
from deploy.local.programs import ServerPrograms, find_programs
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.readiness import wait_until_ready
from deploy.local.steps import Steps
from deploy.local.suite import Process, ProgramMissingError, servers, services
from deploy.local.supervising import Supervisor

_SERVER_SECONDS = 90.0
_READY_SECONDS = 60.0


@dataclass(frozen=True)
class Servers:
    """The two servers of an instance."""

    postgres: Postgres
    rabbitmq: RabbitMQ


def known_servers(places: Places, programs: ServerPrograms | None = None) -> Servers:
    """The servers of an instance, whether they run or not."""
    found = programs or find_programs()
    if found.postgres is None or found.rabbitmq is None:
        raise ProgramMissingError(f"Not installed on this machine: {', '.join(found.missing_packages())}.")
    return Servers(Postgres(found.postgres, places), RabbitMQ(found.rabbitmq, places))


def bring_up_servers(places: Places, steps: Steps, *, install: bool = True) -> Servers:
    """PostgreSQL and RabbitMQ run, with every database, role, virtual host, user and key in place."""
    programs = _programs(steps, install=install)
    supervisor = Supervisor(places)
    with places.held():
        with steps.step("Folders, passwords and the table of processes"):
            places.make()
            running = known_servers(places, programs)
            running.postgres.prepare()
            running.rabbitmq.prepare()
            table = [*servers(places, programs), *services(places)]
            supervisor.write(table)
        with steps.step("Supervisor") as note:
            supervisor.start()
            changed = supervisor.take_up()
            note.text = f"restarts {', '.join(changed)}" if changed else ""
        _start_servers(places, supervisor, running, table, steps)
        with steps.step("Databases, roles, broker users and keys"):
            databases.create(running.postgres)
            databases.write_addresses(running.postgres)
            broker.create_users(running.rabbitmq)
            make_transaction_keys(places)
            make_audit_log_key(places)
            make_gateway_client_key(places)
            make_gateway_session_key(places)
            make_gateway_storage_keys(places)
    return running


def bring_up(places: Places, steps: Steps, *, install: bool = True) -> None:
    """The whole suite runs and says that it is ready."""
    running = bring_up_servers(places, steps, install=install)
    with places.held():
        with steps.step("Migrations") as note:
            reached = migrate(places, migratable())
            note.text = " ".join(f"{service} {revision}" for service, revision in reached.items())
            databases.harden_log(running.postgres)
        with steps.step("Exchanges, queues, bindings and policies"):
            topology.apply(places)
        start_processes(places, services(places), steps)


def start_processes(places: Places, processes: Sequence[Process], steps: Steps) -> None:
    """These processes run and are ready."""
    supervisor = Supervisor(places)
    with steps.step("Processes") as note:
        for process in processes:
            supervisor.run(process)
        note.text = str(len(processes))
    with steps.step("Ready"):
        wait_until_ready(places, processes, seconds=_READY_SECONDS, ended=supervisor.ended)


def _programs(steps: Steps, *, install: bool) -> ServerPrograms:
    programs = find_programs()
    if not programs.missing_packages():
        return programs
    if not install:
        raise ProgramMissingError(f"Not installed on this machine: {', '.join(programs.missing_packages())}.")
    command = packages.plan(programs, packages.Machine.this())
    assert command is not None
    steps.say(packages.explain(command, programs))
    with steps.step("Packages"):
        return packages.install(command)


def _start_servers(
    places: Places, supervisor: Supervisor, running: Servers, table: Sequence[Process], steps: Steps
) -> None:
    with steps.step("PostgreSQL and RabbitMQ") as note:
        for process in table:
            if process.kind == "server":
                supervisor.run(process)
        databases.wait_for(running.postgres, seconds=_SERVER_SECONDS)
        broker.wait_for(running.rabbitmq, seconds=_SERVER_SECONDS)
        note.text = f"ports {running.postgres.port} and {places.ports.of('rabbitmq')}"
