"""`tellus events`: messages that came to rest in parking, and the way back."""

from dataclasses import asdict
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from shared.events import parked as parking
from tellus.exit_codes import ExitCode
from tellus.instance import places, running_supervisor

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.callback()
def events_group() -> None:
    """Messages that no handler could handle."""


@app.command()
def parked(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per message.")] = False,
    limit: Annotated[int, typer.Option(help="Look at so many at most.")] = 1000,
) -> None:
    """Show what is in parking and why; ends with 3 if anything is."""
    found = parking.parked(_amqp_url(), limit)
    if as_json:
        for message in found:
            typer.echo(orjson.dumps(asdict(message)).decode())
    elif not found:
        console.print("Nothing is parked.")
    else:
        table = Table("message", "type", "came from", "reason", "attempts", "trace")
        for message in found:
            table.add_row(
                message.message_id, message.type, message.origin, message.reason, str(message.attempts), message.trace
            )
        console.print(table)
    if found:
        raise typer.Exit(ExitCode.NOT_WELL)


@app.command()
def redrive(
    *,
    origin: Annotated[str | None, typer.Option(help="Only messages that came from this queue.")] = None,
    limit: Annotated[int, typer.Option(help="Send back so many at most.")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per message.")] = False,
) -> None:
    """Send parked messages back to the queues they came from; safe, since handlers know a message again."""
    sent = parking.redrive(_amqp_url(), origin=origin, limit=limit)
    count = 0
    for message in sent if as_json else track(sent, description="Sending back", console=console):
        count += 1
        if as_json:
            typer.echo(orjson.dumps(asdict(message)).decode())
    if not as_json:
        console.print(f"{count} sent back.")


def _amqp_url() -> str:
    here = places()
    running_supervisor(here)
    return (here.secrets / "tellus_amqp_url").read_text(encoding="utf-8").strip()
