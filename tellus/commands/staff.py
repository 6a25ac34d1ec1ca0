"""`tellus staff`: who works here, with which roles, and who keeps out of what; through the gateway, as somebody."""

import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from deploy.local.identity.flows import NoToken
from deploy.local.identity.tokens import token_for
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.gateway import Gateway, GaveUp, Refused
from tellus.instance import places
from tellus.staffing import NobodyKnown, do, every, known

app = typer.Typer(
    no_args_is_help=True, help="Look after the directory: staff, roles, conflicts of interest, emergencies."
)
ADMINISTRATOR, OVERSEER = "abel-administrator", "seth-security-officer"
PATIENCE_SECONDS = 30.0
Json = Mapping[str, Any]
_WHO = typer.Argument(help="A user name, or an id.")
_AS = typer.Option(ADMINISTRATOR, "--as", help="Whose development token is used; TELLUS_TOKEN wins.")
_OVERSEER = typer.Option(OVERSEER, "--as", help="Whose development token is used; TELLUS_TOKEN wins.")
_ADDRESS = typer.Option(
    None, "--gateway", envvar="TELLUS_GATEWAY", help="Its address; the local instance's where absent."
)
_JSON = typer.Option(False, "--json", help="For scripts.")
_REASON = typer.Option(help="Why, as a code.")
_STAFF = ("user_name", "display_name", "department", "active", "roles", "id")
_ASSIGNMENTS = ("kind", "role", "about", "begins_at", "ends_at", "in_force", "reason", "id")
_CHALLENGES = ("holder", "role", "about", "begins_at", "ends_at", "review_due", "reason", "note", "id")


@app.command(name="list")
def list_staff(
    *,
    department: str = typer.Option(None, help="Only this one and those within it."),
    role: str = typer.Option(None, help="Only those with this role, given by the directory and in force now."),
    inactive: bool = typer.Option(False, help="Only those who were deactivated."),
    person: str = _AS,
    address: str = _ADDRESS,
    as_json: bool = _JSON,
) -> None:
    """Show who works here."""

    async def run(gateway: Gateway) -> Sequence[Json]:
        return await every(gateway, "/v1/staff", department=department, role=role, active="false" if inactive else None)

    _show_all(_run(run, person, address), _STAFF, as_json=as_json)


@app.command(name="show")
def show_staff(who: str = _WHO, *, person: str = _AS, address: str = _ADDRESS, as_json: bool = _JSON) -> None:
    """Show one member of staff, and what they were given."""

    async def run(gateway: Gateway) -> Json:
        staff = await known(gateway, who)
        return {**staff, "assignments": await every(gateway, "/v1/assignments", staff_id=staff["id"])}

    found = _run(run, person, address)
    if as_json:
        _show(found, as_json=True)
        return
    _show({name: value for name, value in found.items() if name != "assignments"}, as_json=False)
    _show_all(found["assignments"], _ASSIGNMENTS, as_json=False)


@app.command(name="add")
def add_staff(
    user_name: str = typer.Argument(help="What they sign in with."),
    *,
    name: str = typer.Option(help="Their name, as colleagues see it."),
    department: str = typer.Option(help="Where they work, as a code."),
    email: str = typer.Option(None, help="Where they are written to."),
    skill: list[str] = typer.Option(None, help="A code; may be repeated."),
    capacity: int = typer.Option(0, min=0, help="How much work they can have in hand."),
    external_id: str = typer.Option(None, help="Their issuer's name for them; the user name where absent."),
    person: str = _AS,
    address: str = _ADDRESS,
    as_json: bool = _JSON,
) -> None:
    """Make somebody known before they first sign in."""
    body = {
        "user_name": user_name,
        "display_name": name,
        "department": department,
        "email": email,
        "skills": skill or None,
        "capacity": capacity,
        "external_id": external_id,
    }
    _show(_run(lambda gateway: do(gateway, "/v1/staff", body), person, address), as_json=as_json)


@app.command(name="deactivate")
def deactivate_staff(
    who: str = _WHO,
    *,
    reason: str = typer.Option("left", help="Why, as a code."),
    person: str = _AS,
    address: str = _ADDRESS,
    as_json: bool = _JSON,
) -> None:
    """End somebody's access and every role given to them, everywhere within a second."""

    async def run(gateway: Gateway) -> Json:
        staff = await known(gateway, who)
        return await do(gateway, f"/v1/staff/{staff['id']}/deactivate", {"reason": reason})

    _show(_run(run, person, address), as_json=as_json)


@app.command(name="assign")
def assign_role(
    who: str = _WHO,
    role: str = typer.Argument(None, help="The role; none where they are kept out."),
    *,
    reason: str = _REASON,
    about: str = typer.Option(None, help="The case or contact it is for; for all where absent."),
    keep_out: bool = typer.Option(False, help="No role, but an exclusion from what --about names."),
    begins: datetime = typer.Option(None, help="From when (UTC); now where absent."),
    ends: datetime = typer.Option(None, help="Until when (UTC); without end where absent."),
    note: str = typer.Option("", help="Whatever somebody should know who looks at it later."),
    person: str = _AS,
    address: str = _ADDRESS,
    as_json: bool = _JSON,
) -> None:
    """Give somebody a role, everywhere or for one case or contact, or keep them out of it."""
    kind: Literal["standard", "specific", "excluded"] = "specific" if about else "standard"
    body = {
        "kind": "excluded" if keep_out else kind,
        "role": role,
        "about": about,
        "reason": reason,
        "note": note,
        "begins_at": _moment(begins),
        "ends_at": _moment(ends),
    }

    async def run(gateway: Gateway) -> Json:
        staff = await known(gateway, who)
        return await do(gateway, f"/v1/staff/{staff['id']}/assignments", body)

    _show(_run(run, person, address, acr="aal2"), as_json=as_json)


@app.command(name="end")
def end_assignment(
    assignment: str = typer.Argument(help="Its id: 'tellus staff show' tells it."),
    *,
    reason: str = _REASON,
    person: str = _AS,
    address: str = _ADDRESS,
    as_json: bool = _JSON,
) -> None:
    """Take a role back, or lift an exclusion."""
    path = f"/v1/assignments/{assignment}/end"
    _show(_run(lambda gateway: do(gateway, path, {"reason": reason}), person, address, acr="aal2"), as_json=as_json)


@app.command(name="conflict")
def declare_conflict(
    about: str = typer.Argument(help="The case or contact."),
    *,
    reason: str = typer.Option("conflict_of_interest", help="Why, as a code."),
    note: str = typer.Option("", help="Why, in words."),
    person: str = typer.Option(..., "--as", help="Who keeps themselves out; TELLUS_TOKEN wins."),
    address: str = _ADDRESS,
    as_json: bool = _JSON,
) -> None:
    """Keep yourself out of a case or away from a contact, until somebody else lifts it."""
    body = {"about": about, "reason": reason, "note": note}
    _show(_run(lambda gateway: do(gateway, "/v1/conflicts", body), person, address), as_json=as_json)


@app.command(name="challenges")
def list_challenges(
    *,
    overdue: bool = typer.Option(False, help="Only those whose judgement is late."),
    reviewed: bool = typer.Option(False, help="Those that were judged."),
    person: str = _OVERSEER,
    address: str = _ADDRESS,
    as_json: bool = _JSON,
) -> None:
    """Show the emergency accesses that somebody must judge, the longest due first."""
    terms = {"reviewed": "true" if reviewed else None, "overdue": "true" if overdue else None}
    found = _run(lambda gateway: every(gateway, "/v1/challenges", **terms), person, address)
    _show_all(found, _CHALLENGES, as_json=as_json)


def _run(ask: Callable[[Gateway], Awaitable[Any]], person: str, address: str | None, acr: str = "") -> Any:
    told = os.environ.get("TELLUS_TOKEN")

    async def run() -> Any:
        where = address or f"http://127.0.0.1:{places().ports.of('gateway')}"
        token = (lambda: told) if told else (lambda: token_for(person, acr=acr))
        async with Gateway(where, token, patience=PATIENCE_SECONDS, connections=1) as gateway:
            return await ask(gateway)

    try:
        return uvloop.run(run())
    except Refused as refused:
        raise CommandFailed(f"The gateway refused: {refused}") from refused
    except NobodyKnown as nobody:
        raise CommandFailed(str(nobody), ExitCode.USAGE) from nobody
    except (GaveUp, NoToken, OSError) as error:
        raise CommandFailed(str(error)) from error


def _moment(told: datetime | None) -> str | None:
    return told.replace(tzinfo=UTC).isoformat() if told else None


def _show(found: Json, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for name, value in found.items():
        if value not in (None, "", []):
            console.print(f"{name.replace('_', ' ')}: {_text(value)}", markup=False, soft_wrap=True)


def _show_all(found: Sequence[Json], columns: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(list(found), indent=2, ensure_ascii=False))
        return
    table = Table(*(column.replace("_", " ") for column in columns))
    for one in found:
        table.add_row(*(_text(one.get(column)) for column in columns))
    Console(highlight=False).print(table)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
