"""Brings an instance up, in order, leaving alone whatever already runs as it should."""

from dataclasses import dataclass

from deploy.local import broker, databases
from deploy.local.places import Places
from deploy.local.postgres import Postgres
from deploy.local.programs import find_programs
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.steps import Steps
from deploy.local.suite import servers, services
from deploy.local.supervising import Supervisor

_SERVER_SECONDS = 90.0


@dataclass(frozen=True)
class Servers:
    """The two running servers of an instance."""

    postgres: Postgres
    rabbitmq: RabbitMQ


def known_servers(places: Places) -> Servers:
    """The servers of an instance, whether they run or not."""
    programs = find_programs()
    if programs.postgres is None or programs.rabbitmq is None:
        raise LookupError(f"Not installed on this machine: {', '.join(programs.missing_packages())}.")
    return Servers(Postgres(programs.postgres, places), RabbitMQ(programs.rabbitmq, places))


def bring_up_servers(places: Places, steps: Steps) -> Servers:
    """PostgreSQL and RabbitMQ run, with every database, role, virtual host and user in place."""
    supervisor = Supervisor(places)
    with steps.step("Folders, passwords and the table of processes"):
        places.make()
        table = [*servers(places, find_programs()), *services(places)]
        supervisor.write(table)
    with steps.step("Supervisor"):
        supervisor.start()
        supervisor.take_up()
    running = known_servers(places)
    with steps.step("PostgreSQL and RabbitMQ") as note:
        for process in table:
            if process.kind == "server":
                supervisor.run(process.name)
        databases.wait_for(running.postgres, seconds=_SERVER_SECONDS)
        broker.wait_for(running.rabbitmq, seconds=_SERVER_SECONDS)
        note.text = f"ports {running.postgres.port} and {places.ports.of('rabbitmq')}"
    with steps.step("Databases, roles and broker users"):
        databases.create(running.postgres)
        databases.write_addresses(running.postgres)
        broker.create_users(running.rabbitmq)
    return running
