"""`tellus policy`: whether the policies say what they should, and why they say what they say."""

from collections.abc import Iterable
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from shared.authz.decisions import policies_of
from shared.authz.model import Decision
from shared.authz.sources import actions_of, places_of, services
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.policy_cases import ROLES, Question, actor_of, person_called, resource_of
from tellus.policy_expectations import verdicts

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.callback()
def policy_group() -> None:
    """Who may do what, and why."""


@app.command("test")
def try_expectations(
    *,
    service: Annotated[str | None, typer.Option(help="Only the policies of this service.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per expectation.")] = False,
) -> None:
    """Try every expectation that stands beside the contracts; ends with 1 if one does not hold."""
    if service is not None and service not in services():
        raise CommandFailed(f"{service!r} has no policies. These have: {', '.join(services())}.", ExitCode.USAGE)
    found = [verdict for name in ([service] if service else services()) for verdict in verdicts(name)]
    broken = [verdict for verdict in found if not verdict.held]
    for verdict in found if as_json else broken:
        if as_json:
            told = {"service": verdict.service, "say": verdict.sentence, "action": verdict.action}
            typer.echo(orjson.dumps(told | {"held": verdict.held, "problem": verdict.problem}).decode())
        else:
            console.print(f"{verdict.service}: {verdict.sentence}: {verdict.action}: {verdict.problem}", style="red")
    if not as_json:
        console.print(f"{len(found) - len(broken)} of {len(found)} expectations hold.")
    if broken:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def explain(
    *,
    action: Annotated[str, typer.Option(help="The operation, such as get_case.")],
    actor: Annotated[str, typer.Option(help="Roles and department: caseworker,agent/city.permits.")] = "",
    person: Annotated[str, typer.Option("--as", metavar="NAME", help="Or one of the local people.")] = "",
    resource: Annotated[
        str,
        typer.Option(help="Case:NAME,department=city.permits,contact=NAME,assigned=true; without: not looked at yet."),
    ] = "",
    contact: Annotated[str, typer.Option(help="Of a citizen: which contact they are.")] = "",
    granted: Annotated[str, typer.Option(metavar="ROLE", help="Granted to them for the resource.")] = "",
    challenged: Annotated[str, typer.Option(metavar="ROLE", help="Taken in an emergency, for the resource.")] = "",
    excluded: Annotated[bool, typer.Option("--excluded", help="They have a conflict of interest there.")] = False,
    purpose: Annotated[str, typer.Option(help="Why they ask.")] = "service_delivery",
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: a line of JSON per actor.")] = False,
) -> None:
    """Say who may, why, and on which line of which file it stands; without an actor, of every role."""
    service = _service_of(action)
    thing = resource_of(service, resource)
    more: dict[str, Any] = {
        "contact": contact,
        "purpose": purpose,
        "granted": granted,
        "challenged": challenged,
        "excluded": excluded,
        "about": thing.id,
    }
    if person:
        asking = {person: person_called(person, **more)}
    elif actor:
        asking = {actor: actor_of(actor, **more)}
    else:
        asking = {role: actor_of(f"{role}/{thing.department or 'city'}", **more) for role in ROLES}
    answers = {name: Question(service, action, who, thing).answer() for name, who in asking.items()}
    if as_json:
        for name, decision in answers.items():
            typer.echo(orjson.dumps(_told(service, action, name, decision)).decode())
    elif len(answers) > 1:
        _tabulate(service, answers)
    else:
        ((name, decision),) = answers.items()
        _spell_out(service, action, name, decision)


def _service_of(action: str) -> str:
    found = [service for service in services() if action in actions_of(service)]
    if not found:
        every = sorted(action for service in services() for action in actions_of(service))
        raise CommandFailed(f"No policy knows {action!r}. They know: {', '.join(every)}.", ExitCode.USAGE)
    return found[0]


def _told(service: str, action: str, name: str, decision: Decision) -> dict[str, Any]:
    return {
        "actor": name,
        "action": action,
        "allowed": decision.allowed,
        "shows": sorted(decision.fields),
        "roles": sorted(decision.roles),
        "because": [_place(service, policy) for policy in decision.policies],
        "could": [] if decision.allowed else [_place(service, policy) for policy in _permitting(service, action)],
    }


def _place(service: str, policy: str) -> dict[str, Any]:
    place = places_of(service).get(policy)
    return {"policy": policy, "file": place.file if place else None, "line": place.line if place else None}


def _permitting(service: str, action: str) -> Iterable[str]:
    """The policies that permit this to somebody."""
    policies_of(service)  # they are well-formed
    for name, place in places_of(service).items():
        if f'Action::"{action}"' in place.text and "permit (" in place.text:
            yield name


def _tabulate(service: str, answers: dict[str, Decision]) -> None:
    table = Table("role", "may", "is shown")
    table.add_column("because", overflow="fold")
    for name, decision in answers.items():
        said = (
            "\n".join(f"{policy} ({_where(service, policy)})" for policy in decision.policies) or "no policy permits it"
        )
        table.add_row(name, "yes" if decision.allowed else "no", " ".join(sorted(decision.fields)), said)
    console.print(table)


def _spell_out(service: str, action: str, name: str, decision: Decision) -> None:
    shown = f", and is shown: {' '.join(sorted(decision.fields)) or 'nothing that may be hidden'}"
    console.print(f"{name} {'may' if decision.allowed else 'may not'} {action}{shown if decision.allowed else ''}.")
    for policy in decision.policies:
        console.print(f"\n{_where(service, policy)}")
        console.print(places_of(service)[policy].text, markup=False)
    if not decision.policies:
        console.print("No policy permits it. These permit it to others, or otherwise:")
        for policy in _permitting(service, action):
            console.print(f"  {policy} ({_where(service, policy)})")


def _where(service: str, policy: str) -> str:
    place = places_of(service).get(policy)
    return f"{place.file}:{place.line}" if place else "a policy failed: see the log"
