"""`tellus up`: the suite runs, whatever of it ran before."""

import typer

from deploy.local.bringing_up import bring_up, bring_up_servers
from deploy.local.steps import Steps
from tellus.instance import places

app = typer.Typer()


@app.command()
def up(
    *,
    servers_only: bool = typer.Option(False, "--servers-only", help="Only PostgreSQL and RabbitMQ."),
    install: bool = typer.Option(True, help="Get missing servers from the package manager."),
) -> None:
    """Start the suite, or what of it does not run; safe to repeat."""
    here, steps = places(), Steps()
    if servers_only:
        bring_up_servers(here, steps, install=install)
        return
    bring_up(here, steps, install=install)
    steps.say(f"The suite answers on http://127.0.0.1:{here.ports.of('gateway')}. 'tellus status' shows its parts.")
