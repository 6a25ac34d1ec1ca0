"""`tellus contacts`: people and organisations go in, through the gateway."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typer
import uvloop
from rich.console import Console

from deploy.local.identity.flows import NoToken
from deploy.local.identity.tokens import token_for
from tellus.bars import bar
from tellus.csv_people import FIELDS, LEFT_OUT, FileUnusable, Malformed, Person, read
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.gateway import Gateway, GaveUp, Refused
from tellus.instance import places
from tellus.registering import Registered, register

app = typer.Typer(no_args_is_help=True)
IMPORTER = "mila-migration"
NO_SOURCE = "csv-import"
CODE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
SHOWN = 20


@app.callback()
def contacts_group() -> None:
    """Bring in the people and organisations that government serves."""


@app.command(name="import")
def import_contacts(
    file: Path = typer.Argument(help="A CSV file in UTF-8.", exists=True, dir_okay=False, readable=True),
    *,
    columns: list[str] = typer.Option(
        None, "--map", metavar="COLUMN=FIELD", help=f"What a column is; {LEFT_OUT} leaves it out. May be repeated."
    ),
    source: str = typer.Option(None, help="The system they come from; needed where they have an external_reference."),
    department: str = typer.Option(None, help="Whose they are; your own where absent."),
    all_or_nothing: bool = typer.Option(
        False, "--all-or-nothing", help="Check every row first and send nothing if one is bad."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only check the file; nothing is sent."),
    clients: int = typer.Option(8, min=1, max=200, help="How many requests are under way at once."),
    person: str = typer.Option(IMPORTER, "--as", help="Whose development token is used; TELLUS_TOKEN wins."),
    address: str = typer.Option(None, "--gateway", help="Its address; the local instance's own where absent."),
    patience: float = typer.Option(600.0, min=1, help="Seconds for which one request is repeated."),
    as_json: bool = typer.Option(False, "--json", help="For scripts."),
) -> None:
    """Register everybody in a CSV file with the columns name, email, phone, language, external_reference.

    Only name is needed. Run it again after any failure: who is there already is left as they are. Bad rows are named
    with line and reason, and the rest goes in. With --all-or-nothing every row is checked here before the first is
    sent; only the services can tell whether an email address or a phone number exists in that form, so if they refuse
    a row after all, the import stops there and says so: what went in before stays.

    Ends with 0 if everybody is in, 1 if a row was refused, 2 if the file or the options cannot be used.
    """
    mapping = _mapping(columns or [])
    chosen = _source(source, file, mapping)

    def rows() -> Iterator[Person | Malformed]:
        return read(file, source=chosen, columns=mapping, department=department)

    try:
        survey = _survey(rows())
        sending = survey.good and not dry_run and not (all_or_nothing and survey.malformed)
        summary = Summary(file=str(file), source=chosen, rows=survey.good + len(survey.malformed), dry_run=dry_run)
        summary.refused = list(survey.malformed)
        if sending:

            async def run() -> tuple[Registered, Gateway]:
                where = address or f"http://127.0.0.1:{places().ports.of('gateway')}"
                async with Gateway(where, _token(person), patience=patience, connections=clients) as gateway:
                    good = (row for row in rows() if isinstance(row, Person))
                    with bar("people", survey.good) as advance:
                        done = await register(
                            good, gateway, clients=clients, stop_at_refusal=all_or_nothing, progress=advance
                        )
                    return done, gateway

            summary.take(*uvloop.run(run()))
    except FileUnusable as error:
        raise CommandFailed(f"{file}: {error}", ExitCode.USAGE) from error
    except Refused as refused:
        raise CommandFailed(f"The gateway refused: {refused}") from refused
    except (GaveUp, NoToken, OSError) as error:
        raise CommandFailed(str(error)) from error
    except KeyboardInterrupt:
        raise CommandFailed("Stopped. Run the same command again and it goes on where it was.") from None
    _tell(summary, nothing_sent=not sending and not dry_run, as_json=as_json)
    if summary.refused:
        raise typer.Exit(ExitCode.FAILED)


@dataclass
class _Survey:
    good: int = 0
    malformed: list[Malformed] = field(default_factory=list)


@dataclass
class Summary:
    """What is said at the end."""

    file: str
    source: str
    rows: int
    dry_run: bool
    registered: int = 0
    known: int = 0
    stopped: bool = False
    refused: list[Malformed] = field(default_factory=list)
    seconds: float = 0.0
    per_second: float | None = None
    retries: dict[str, int] = field(default_factory=dict)
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None

    def take(self, done: Registered, gateway: Gateway) -> None:
        """What came of sending."""
        measured = gateway.measured
        self.registered, self.known, self.stopped = done.registered, done.known, done.stopped
        self.refused = sorted([*self.refused, *done.refused], key=lambda row: row.line)
        self.seconds = round(done.seconds, 2)
        self.per_second = round((done.registered + done.known) / done.seconds, 1) if done.seconds else None
        self.retries = dict(measured.retries)
        self.p50_ms, self.p95_ms, self.p99_ms = (measured.percentile(share) for share in (0.50, 0.95, 0.99))


def _survey(rows: Iterator[Person | Malformed]) -> _Survey:
    survey = _Survey()
    for row in rows:
        if isinstance(row, Malformed):
            survey.malformed.append(row)
        else:
            survey.good += 1
    return survey


def _mapping(told: list[str]) -> dict[str, str]:
    mapping = {}
    for one in told:
        column, separator, name = one.rpartition("=")
        if not separator or name not in (*FIELDS, LEFT_OUT):
            raise CommandFailed(
                f"--map {one}: write COLUMN=FIELD; a field is {', '.join(FIELDS)}, or {LEFT_OUT} to leave it out.",
                ExitCode.USAGE,
            )
        mapping[column] = name
    return mapping


def _source(told: str | None, file: Path, mapping: dict[str, str]) -> str:
    if told is not None and not CODE.fullmatch(told):
        raise CommandFailed("--source is a lower-case word of letters, digits, _ and -.", ExitCode.USAGE)
    if told is not None:
        return told
    with file.open("rb") as opened:
        first = opened.readline(65_536).decode("utf-8-sig", errors="replace").lower()
    if "external_reference" in mapping.values() or ("external_reference" in first and mapping == {}):
        raise CommandFailed(
            "Say where the references come from, with --source: the same number in another system is another person.",
            ExitCode.USAGE,
        )
    return NO_SOURCE


def _token(person: str) -> Callable[[], str]:
    told = os.environ.get("TELLUS_TOKEN")
    return (lambda: told) if told else (lambda: token_for(person))


def _tell(summary: Summary, *, nothing_sent: bool, as_json: bool) -> None:
    told: dict[str, Any] = asdict(summary)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for row in summary.refused[:SHOWN]:
        console.print(f"line {row.line}: {row.reason}", style="yellow", markup=False, soft_wrap=True)
    if len(summary.refused) > SHOWN:
        console.print(f"and {len(summary.refused) - SHOWN} more: --json names them all", style="yellow")
    if summary.dry_run or nothing_sent:
        console.print(f"Nothing was sent. {summary.rows} rows, {len(summary.refused)} of them bad.")
        return
    if summary.stopped:
        console.print("Stopped at a row that was refused. What went in before it stays; run it again once it is right.")
    console.print(
        f"{summary.rows} rows: {summary.registered} registered, {summary.known} there already, "
        f"{len(summary.refused)} refused, in {summary.seconds} s ({summary.per_second}/s, p95 {summary.p95_ms} ms)."
    )
