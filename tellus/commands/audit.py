"""`tellus audit`: proof that nothing on the record is missing or altered."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import typer
from rich.console import Console
from typer.core import TyperCommand

from deploy.local.identity.flows import NoToken
from deploy.local.identity.tokens import token_for
from deploy.local.places import Places
from services.audit.processes.verify import CannotCheck, Outcome, Report, verify
from tellus.bars import bar
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.instance import places

app = typer.Typer(no_args_is_help=True)
AUDITOR = "aude-auditor"
READER = "audit_reader_database_url"
PUBLIC_KEY = "audit_log_key.pub"
PROVES = (
    "This proves that every entry is the one that was signed, in its place. It does not prove that what was told to "
    "the log was true, nor, without --note, that no newer signed entries were cut off."
)


class _Strict(TyperCommand):
    """Exit codes 1 to 3 say how the log is, so a mistyped command ends with 64."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        try:
            return super().make_context(info_name, args, parent=parent, **extra)
        except Exception as error:
            if getattr(error, "exit_code", None) == ExitCode.USAGE:
                error.exit_code = Outcome.USAGE  # type: ignore[attr-defined]
            raise


@app.callback()
def audit_group() -> None:
    """Check the record, and take its signed checkpoint away with you."""


@app.command(name="verify", cls=_Strict)
def verify_log(
    *,
    public_key: Path = typer.Option(None, help="The log's public key; this instance's own where absent."),
    note: list[Path] = typer.Option(None, help="A checkpoint you kept ('tellus audit checkpoint'); may be repeated."),
    thorough: bool = typer.Option(False, "--thorough", help="Also read every event in full; some ten times slower."),
    as_json: bool = typer.Option(False, "--json", help="For scripts."),
) -> None:
    """Check every entry, hash, checkpoint and chain against the log's public key.

    Ends with 0 intact, 1 tampered, 2 a gap in a producer's numbers or two events under one, 3 could not check, 64
    asked wrongly.
    """
    here = places()
    try:
        key = (public_key or here.keys / PUBLIC_KEY).read_text(encoding="utf-8")
        notes = [file.read_bytes() for file in note or ()]
        report = _check(_address(here), key, notes, thorough=thorough)
    except (CannotCheck, OSError, UnicodeDecodeError) as error:
        if as_json:
            typer.echo(json.dumps({"outcome": Outcome.UNCHECKED.name.lower(), "reason": str(error)}))
        raise CommandFailed(f"The log was not checked: {error}", ExitCode.NOT_WELL) from error
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
    else:
        _tell(report)
    raise typer.Exit(report.outcome)


@app.command()
def checkpoint(person: str = typer.Option(AUDITOR, "--as", help="Whose development token is used.")) -> None:
    """Print the newest signed checkpoint: keep it elsewhere, and 'tellus audit verify --note' will hold the log to it."""
    gateway = f"http://127.0.0.1:{places().ports.of('gateway')}"
    try:
        headers = {"Authorization": f"Bearer {token_for(person)}"}
        answer = httpx.get(f"{gateway}/v1/audit/checkpoint", headers=headers, timeout=10, trust_env=False)
    except (NoToken, httpx.HTTPError) as error:
        raise CommandFailed(f"There is no checkpoint to be had: {error}", ExitCode.NOT_WELL) from error
    if not answer.is_success:
        raise CommandFailed(f"The gateway answered {answer.status_code}: {answer.text}")
    typer.echo(answer.json()["note"], nl=False)


def _check(url: str, key: str, notes: Sequence[bytes], *, thorough: bool) -> Report:
    with bar("entries", None) as advance:
        before = 0

        def progress(done: int, of: int) -> None:
            nonlocal before
            advance(done - before, of)
            before = done

        return verify(url, key, notes=notes, thorough=thorough, progress=progress)


def _address(here: Places) -> str:
    file = here.secrets / READER
    if not file.exists():
        raise CannotCheck(f"there is no {file}: 'tellus up' makes it.")
    return file.read_text(encoding="utf-8").strip()


def _tell(report: Report) -> None:
    console = Console(highlight=False)
    colour = {Outcome.INTACT: "green", Outcome.GAP: "yellow"}.get(report.outcome, "red")
    word = {Outcome.INTACT: "Intact", Outcome.GAP: "Gaps"}.get(report.outcome, "Tampered")
    speed = f"{report.seconds:.2f} s, {report.entries_per_second:,}/s"
    console.print(
        f"[{colour}]{word}[/]: {report.entries:,} entries, {report.signed_entries:,} of them under "
        f"{report.checkpoints:,} signed checkpoints of {report.origin}; {report.subjects:,} subjects' chains, "
        f"{report.streams:,} producers' numbers ({speed}).",
        soft_wrap=True,
    )
    for finding in report.findings:
        where = f"entry {finding.first}" + (f" to {finding.last}" if finding.last != finding.first else "")
        detail = f" ({finding.detail})" if finding.detail else ""
        console.print(f"  {where}: {finding.kind.value.replace('_', ' ')}{detail}", markup=False, soft_wrap=True)
    for gap in report.gaps:
        console.print(f"  {gap.producer}: numbers {gap.first} to {gap.last} are missing", soft_wrap=True)
    for gap in report.late:
        console.print(f"  {gap.producer}: numbers {gap.first} to {gap.last} are late, not lost yet", soft_wrap=True)
    if report.equivocations:
        console.print(f"  {report.equivocations} times a producer gave one number to two events", soft_wrap=True)
    console.print(PROVES, style="dim", markup=False, soft_wrap=True)
