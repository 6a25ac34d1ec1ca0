"""Where to look and how to sign in, once the story is told."""

import os

from deploy.local.demo.groundwork import TELLUS
from deploy.local.demo.telling import Teller
from deploy.local.identity.passwords import SHARED_PASSWORD
from deploy.local.identity.people import read_directory
from deploy.local.identity.settings import Settings
from deploy.local.places import Places


def say(teller: Teller, here: Places, case_id: str, seconds: float) -> None:
    """Addresses, names and three commands."""
    ports = here.ports
    local = "http://127.0.0.1"
    teller.console.print(f"\n[bold green]The story is told[/] in {seconds:.1f} s with {teller.requests} requests.\n")
    teller.table(
        ("where to look", ""),
        (
            ("the API, to try in a browser", f"{local}:{ports.of('gateway')}/docs"),
            ("mail and SMS that were sent", f"{local}:{ports.of('sink-page')}/"),
            ("signing in", f"{local}:{ports.of('identity')}/"),
            ("health and metrics of the gateway", f"{local}:{ports.health('gateway')}/readyz and /metrics"),
            ("RabbitMQ", f"{local}:{ports.of('rabbitmq-management')}/"),
        ),
    )
    people = read_directory(Settings.from_environment()).people
    teller.console.print()
    teller.table(
        ("sign in as", "role", "who they are"),
        ((person.name, ", ".join(person.roles), person.about) for person in people.values()),
    )
    teller.say(f"One password for all of them: {os.path.relpath(here.secrets / SHARED_PASSWORD)}")
    gateway = f"{local}:{ports.of('gateway')}"
    teller.say(f"In a browser: {gateway}/v1/session/login. For a program: {os.path.relpath(TELLUS)} token NAME.")
    teller.say("Their first ten minutes: docs/api-guide.md. A typed client: clients/python.")
    teller.console.print("\n   [dim]three commands to try next[/]")
    bin_ = os.path.relpath(TELLUS)
    for command in (
        f"{bin_} status --memory",
        f'curl -sH "Authorization: Bearer $({bin_} token carl-caseworker)" {local}:{ports.of("gateway")}/v1/cases/{case_id}',
        f"{bin_} audit verify --thorough",
    ):
        teller.console.print(f"   {command}", markup=False, soft_wrap=True)
