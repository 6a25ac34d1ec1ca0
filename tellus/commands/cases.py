"""`tellus cases`: event logs go in as cases, and cases come out as event logs, through the gateway."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from deploy.local.identity.flows import NoToken
from deploy.local.identity.tokens import token_for
from tellus.case_bundles import BundleUnreadable, bundle_for, codes_of
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.exporting import export as export_cases
from tellus.gateway import Gateway, GaveUp, Refused
from tellus.instance import places
from tellus.replaying import Plan, Replayed, replay
from tellus.xes.log import Trace, Unreadable
from tellus.xes.reading import read
from tellus.xes.writing import writing

app = typer.Typer(no_args_is_help=True, help="Move event logs in as cases, and cases out as event logs.")
MIGRATOR = "mila-migration"
CODE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
SHOWN = 20

_LOG = typer.Argument(help="An event log in XES, gzipped or not.", exists=True, dir_okay=False, readable=True)
_AS = typer.Option(MIGRATOR, "--as", help="Whose development token is used where no token is given.")
_TOKEN = typer.Option(None, "--token", envvar="TELLUS_TOKEN", help="An access token; best given in the environment.")
_ADDRESS = typer.Option(
    None, "--gateway", envvar="TELLUS_GATEWAY", help="Its address; the local instance's own where absent."
)
_CLIENTS = typer.Option(8, min=1, max=200, help="How many requests are under way at once.")
_JSON = typer.Option(False, "--json", help="For scripts.")
_PATIENCE = typer.Option(600.0, min=1, help="Seconds for which one request is repeated before it is given up.")


@app.command(name="replay")
def replay_log(
    log: Path = _LOG,
    *,
    case_type: str = typer.Option("receipt-migration", help="The permissive case type that takes the log in."),
    bundle: Path = typer.Option(None, help="Add and activate this bundle first.", exists=True, dir_okay=False),
    clients: int = _CLIENTS,
    limit: int = typer.Option(None, min=1, help="Only so many traces."),
    emails: str = typer.Option(None, help="Give every contact a made-up address under this domain."),
    source: str = typer.Option(None, help="The name of the system it comes from; made from the log where absent."),
    all_or_nothing: bool = typer.Option(False, help="Send nothing where a part of the log cannot be read."),
    person: str = _AS,
    token: str = _TOKEN,
    address: str = _ADDRESS,
    patience: float = _PATIENCE,
    as_json: bool = _JSON,
) -> None:
    """Send an event log through the gateway. Run it again after any failure: nothing goes in twice."""
    survey = _survey(log, limit)
    _refuse_unreadable(survey, all_or_nothing=all_or_nothing)
    digest = _digest(log)
    plan_source = source or f"xes-{digest[:12]}"
    if not CODE.fullmatch(plan_source):
        raise CommandFailed("--source is a lower-case word of letters, digits, _ and -.", ExitCode.USAGE)

    text = bundle.read_text(encoding="utf-8") if bundle else None

    async def run() -> tuple[Replayed, Gateway]:
        async with Gateway(_address(address), _token(token, person), patience=patience, connections=clients) as gateway:
            key, codes = await _case_type(gateway, case_type, text)
            _refuse_unlisted(survey, codes, key)
            plan = Plan(digest, key, codes, plan_source, emails)
            with _progress("steps", survey.events) as advance:
                result = await replay(_traces(log, limit), plan, gateway, clients=clients, progress=advance)
            return result, gateway

    result, gateway = _run(run())
    _tell(_summary(survey, result, gateway) | {"source": plan_source}, as_json=as_json)
    if result.failed or survey.unreadable:
        raise typer.Exit(ExitCode.FAILED)


@app.command(name="export")
def export_log(
    *,
    xes: Path = typer.Option(help="Where the log is written; gzipped where its name ends in .gz.", dir_okay=False),
    case_type: str = typer.Option(None, help="Only cases of this type."),
    source: str = typer.Option(None, help="Only cases that came from there."),
    clients: int = _CLIENTS,
    person: str = _AS,
    token: str = _TOKEN,
    address: str = _ADDRESS,
    patience: float = _PATIENCE,
    as_json: bool = _JSON,
) -> None:
    """Write the cases you may see as an event log: case, activity, resource, time."""
    if not xes.parent.is_dir():
        raise CommandFailed(f"There is no folder {xes.parent}.", ExitCode.USAGE)

    async def run() -> tuple[int, int]:
        async with Gateway(_address(address), _token(token, person), patience=patience, connections=clients) as gateway:
            with writing(xes) as writer, _progress("cases", None) as advance:
                return await export_cases(
                    writer, gateway, case_type=case_type, source=source, clients=clients, progress=advance
                )

    cases, events = _run(run())
    _tell({"cases": cases, "events": events, "file": str(xes)}, as_json=as_json)


@app.command(name="bundle")
def bundle_from_log(
    log: Path = _LOG,
    *,
    key: str = typer.Option(help="The key of the case type, a lower-case word."),
    title: str = typer.Option(help="What it is called."),
    department: str = typer.Option(None, help="Where its cases belong; the opener's own where absent."),
) -> None:
    """Print a permissive bundle that takes in every activity of a log."""
    survey = _survey(log, None)
    _refuse_unreadable(survey, all_or_nothing=True)
    typer.echo(bundle_for(survey.activities, key=key, title=title, department=department), nl=False)


@dataclass
class Survey:
    """What a log holds, from reading it once."""

    traces: int
    events: int
    activities: dict[str, int]
    """Each activity, with the line where it is first met."""
    unreadable: list[Unreadable]


def _survey(log: Path, limit: int | None) -> Survey:
    survey = Survey(0, 0, {}, [])
    for found in read(log):
        if isinstance(found, Unreadable):
            survey.unreadable.append(found)
            continue
        survey.traces += 1
        survey.events += len(found.happenings)
        for happening in found.happenings:
            survey.activities.setdefault(happening.activity, happening.line)
        if survey.traces == limit:
            break
    return survey


def _traces(log: Path, limit: int | None) -> Iterator[Trace]:
    return islice((found for found in read(log) if isinstance(found, Trace)), limit)


def _refuse_unreadable(survey: Survey, *, all_or_nothing: bool) -> None:
    if survey.unreadable and (all_or_nothing or not survey.traces):
        raise CommandFailed("Nothing was sent: " + _listed([str(one) for one in survey.unreadable]))
    for one in survey.unreadable[:SHOWN]:
        Console(stderr=True, highlight=False).print(f"Left out: {one}", style="yellow", markup=False, soft_wrap=True)


def _refuse_unlisted(survey: Survey, codes: dict[str, str], case_type: str) -> None:
    unlisted = [f"{name} (line {line})" for name, line in survey.activities.items() if name not in codes]
    if unlisted:
        raise CommandFailed(
            f"Nothing was sent: the case type {case_type} has no event of this title: {_listed(unlisted)}. "
            "'tellus cases bundle' prints a bundle that has; give it with --bundle."
        )


async def _case_type(gateway: Gateway, key: str, text: str | None) -> tuple[str, dict[str, str]]:
    if text is None:
        text = str((await gateway.get(f"/v1/case_types/{key}"))["bundle"])
    else:
        await _activate(gateway, text)
    found, codes = codes_of(text)
    return found, dict(codes)


async def _activate(gateway: Gateway, text: str) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        added = await gateway.post("/v1/case_types", {"bundle": text}, key=f"bundle-{digest}")
        key, version = added["key"], added["version"]
    except Refused as refused:
        if refused.code != "cases.same_bundle":
            raise
        key, version = refused.details["key"], refused.details["version"]
    try:
        await gateway.post(f"/v1/case_types/{key}/versions/{version}/activate", {}, key=str(uuid4()))
    except Refused as refused:
        if refused.code != "cases.already_active":
            raise


def _run(work: Any) -> Any:
    try:
        return uvloop.run(work)
    except Refused as refused:
        raise CommandFailed(f"The gateway refused: {refused}") from refused
    except (GaveUp, NoToken, BundleUnreadable, OSError) as error:
        raise CommandFailed(str(error)) from error
    except KeyboardInterrupt:
        raise CommandFailed("Stopped. Run the same command again and it goes on where it was.") from None


def _digest(log: Path) -> str:
    with log.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _token(told: str | None, person: str) -> Callable[[], str]:
    return (lambda: told) if told else (lambda: token_for(person))


def _address(told: str | None) -> str:
    return told or f"http://127.0.0.1:{places().ports.of('gateway')}"


class _progress:  # noqa: N801 - reads as a word where it is used
    """A bar on standard error, which standard output's readers never see."""

    def __init__(self, what: str, total: int | None) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
        )
        self._bar = Progress(
            *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
        )
        self._task = self._bar.add_task(what, total=total, rate="")

    def __enter__(self) -> Callable[[int], None]:
        self._bar.start()
        return self._advance

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _advance(self, by: int) -> None:
        speed = self._bar.tasks[0].speed
        self._bar.update(self._task, advance=by, rate=f"{speed:.0f}/s" if speed else "")


def _summary(survey: Survey, result: Replayed, gateway: Gateway) -> dict[str, Any]:
    measured = gateway.measured
    return {
        "traces": result.traces,
        "cases_answered": result.cases,
        "cases_known": result.known_cases,
        "steps_answered": result.steps,
        "steps_known": result.known_steps,
        "unreadable": [str(one) for one in survey.unreadable],
        "failed": result.failed,
        "requests": len(measured.seconds),
        "retries": dict(measured.retries),
        "seconds": round(result.seconds, 2),
        "requests_per_second": round(len(measured.seconds) / result.seconds, 1) if result.seconds else None,
        "p50_ms": measured.percentile(0.50),
        "p95_ms": measured.percentile(0.95),
        "p99_ms": measured.percentile(0.99),
    }


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for name, value in told.items():
        if isinstance(value, list):
            value = f"{len(value)}" + (f": {_listed(value)}" if value else "")  # noqa: PLW2901
        elif isinstance(value, dict):
            value = ", ".join(f"{reason} x {count}" for reason, count in value.items()) or "none"  # noqa: PLW2901
        console.print(f"{name.replace('_', ' ')}: {value}", markup=False, soft_wrap=True)


def _listed(found: list[str]) -> str:
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more
