"""`tellus topology`: the broker has what the contracts call for, and nothing is missing."""

import typer

from deploy.local import topology
from deploy.local.steps import Steps
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.instance import places, running_supervisor

app = typer.Typer(no_args_is_help=True)


@app.callback()
def topology_group() -> None:
    """Exchanges, queues, bindings and policies of the broker."""


@app.command()
def apply() -> None:
    """Make the broker what the contracts call for; safe to repeat."""
    here, steps = places(), Steps()
    running_supervisor(here)
    with here.held(), steps.step("Exchanges, queues, bindings and policies"):
        topology.apply(here)


@app.command()
def check() -> None:
    """Say what is missing on the broker; ends with 3 if anything is."""
    here = places()
    running_supervisor(here)
    missing = topology.missing(here)
    if missing:
        listed = "\n".join(f"  {name}" for name in missing)
        raise CommandFailed(f"Missing on the broker:\n{listed}\n'tellus topology apply' makes them.", ExitCode.NOT_WELL)
    typer.echo("Nothing is missing.")
