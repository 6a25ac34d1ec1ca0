"""`tellus migrate`: databases move to their newest revision, as a job of its own."""

import typer

from deploy.local.migrations import migratable, migrate
from deploy.local.steps import Steps
from deploy.local.suite import SERVICES
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.instance import places, running_supervisor

app = typer.Typer()


@app.command(name="migrate")
def migrate_databases(service: str = typer.Argument(None, help="One service; all of them when none is named.")) -> None:
    """Bring one service's database, or all, to the newest revision."""
    here, steps = places(), Steps()
    if service is not None and service not in SERVICES:
        raise CommandFailed(f"There is no service {service!r}. There are: {', '.join(SERVICES)}.", ExitCode.USAGE)
    running_supervisor(here)
    with here.held():
        for name in [service] if service else migratable():
            with steps.step(f"Migrate {name}") as note:
                note.text = f"at {migrate(here, [name])[name]}"
