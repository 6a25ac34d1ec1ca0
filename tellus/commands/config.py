"""`tellus config`: what the processes are told, with every secret hidden."""

import json

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.places import Places
from deploy.local.suite import planned
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.instance import places

app = typer.Typer()
HIDDEN = "********"


@app.command()
def config(
    process: str = typer.Argument(None, help="One process; what all have in common when none is named."),
    *,
    as_json: bool = typer.Option(False, "--json", help="For scripts."),
) -> None:
    """Print settings; secrets are named, never shown."""
    told = settings_of(places(), process)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    table = Table(box=None)
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    for name, value in told.items():
        table.add_row(name, value)
    Console(highlight=False).print(table)


def settings_of(here: Places, process: str | None) -> dict[str, str]:
    """What one process, or every process, is told: its environment, and the names of the secret files."""
    environments = {p.name: dict(p.environment) for p in planned(here) if p.kind == "service"}
    if process is not None and process not in environments:
        raise CommandFailed(
            f"There is no process {process!r} with settings. There are: {', '.join(environments)}.", ExitCode.USAGE
        )
    if process is not None:
        told = environments[process]
    else:
        first, *others = environments.values()
        told = {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}
    secrets = sorted(file.name for file in here.secrets.iterdir()) if here.secrets.exists() else []
    return {**dict(sorted(told.items())), **{name.upper(): HIDDEN for name in secrets if not name.startswith(".")}}
