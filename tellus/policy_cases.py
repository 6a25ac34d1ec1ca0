"""Made-up people and things to ask policies about: read from what was typed, or from a page of expectations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

import yaml

from deploy.local.settings import REPOSITORY
from shared.authz.decisions import policies_of
from shared.authz.model import SUITE, Decision, Resource
from shared.authz.sources import attributes_of, entities_of
from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from tellus.exit_codes import CommandFailed, ExitCode

NAMES: Final = UUID("2b0d8a52-7a55-5b0a-9f4e-0c7c7a1e5e01")
"""The namespace in which a made-up name is an id, so that the same name is the same thing on every page."""
PEOPLE: Final = REPOSITORY / "deploy" / "local" / "identity" / "people.yaml"
ROLES: Final = (
    "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
    "records_officer", "privacy_officer", "security_officer", "auditor", "administrator", "migration", "citizen",
    "system",
)  # fmt: skip
GRANTS: Final = {"granted": GrantKind.SPECIFIC, "challenged": GrantKind.CHALLENGED}


@dataclass(frozen=True)
class Question:
    """May this actor do this to that?"""

    service: str
    action: str
    actor: Actor
    resource: Resource = SUITE

    def answer(self) -> Decision:
        """The decision."""
        return policies_of(self.service).decide(self.actor, self.action, self.resource)


def named(name: str) -> UUID:
    """The id of something made up; an id that was given is itself."""
    try:
        return UUID(name)
    except ValueError:
        return uuid5(NAMES, name)


def actor_of(
    typed: str,
    *,
    contact: str = "",
    purpose: str = "service_delivery",
    assurance: str = "aal1",
    scopes: Sequence[str] = (),
    on_behalf_of: str = "",
    **standing: Any,
) -> Actor:
    """`agent,caseworker/city.permits`; `standing` says what they were granted for `about`.

    Whoever has `scopes` is a system; `on_behalf_of` says for whom it acts.
    """
    roles, _, department = typed.partition("/")
    chosen = tuple(role for role in roles.split(",") if role)
    if unknown := [role for role in chosen if role not in ROLES]:
        raise CommandFailed(f"There is no role {unknown[0]!r}. There are: {', '.join(ROLES)}.", ExitCode.USAGE)
    kind = Kind.SYSTEM if "system" in chosen or scopes else Kind.CITIZEN if "citizen" in chosen else Kind.STAFF
    return Actor(
        id=named("the one who asks"),
        kind=kind,
        roles=chosen,
        department=department or "city",
        contact_id=named(contact) if contact else None,
        purpose=purpose,
        assurance=assurance,
        scopes=tuple(scopes),
        on_behalf_of=named(on_behalf_of) if on_behalf_of else None,
        grants=tuple(_grants(**standing)),
    )


def person_called(name: str, **more: Any) -> Actor:
    """One of the local people."""
    people = {one["name"]: one for one in yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))["people"]}
    if name not in people:
        raise CommandFailed(f"Nobody is called {name!r}. There are: {', '.join(sorted(people))}.", ExitCode.USAGE)
    return actor_of(f"{','.join(people[name]['roles'])}/{people[name]['department']}", **more)


def resource_of(service: str, typed: str) -> Resource:
    """`Case:a-name,department=city.permits,contact=somebody,assigned=true`; what is left out is empty or false."""
    kind, _, rest = typed.partition(":")
    if kind == SUITE.type or not kind:
        return SUITE
    if kind not in entities_of(service):
        choices = ", ".join(sorted(entities_of(service)))
        raise CommandFailed(f"The policies of {service} know no {kind!r}. They know: {choices}.", ExitCode.USAGE)
    name, *said = rest.split(",")
    told = dict(part.split("=", 1) for part in said if "=" in part)
    return made(service, kind, {"id": name or "something", **told})


def made(service: str, kind: str, told: Mapping[str, Any]) -> Resource:
    """A resource of which this much was told."""
    kinds = attributes_of(service, kind)
    if wrong := [name for name in told if name not in {*kinds, "id", "department", "case"}]:
        raise CommandFailed(f"A {kind} has no {wrong[0]!r}. It has: {', '.join(sorted(kinds))}.", ExitCode.USAGE)
    about = {name: _value(name, told.get(name, ""), kinds[name]) for name in kinds}
    if "case" in told:
        about["case"] = str(named(str(told["case"])))
    id = str(named(str(told.get("id", "something"))))
    return Resource(kind, id, str(told.get("department", "")), about)


def _value(name: str, said: object, kind: str) -> object:
    if kind == "Bool":
        return str(said).lower() in {"true", "yes"}
    return str(named(str(said))) if name == "contact" and said else said


def _grants(*, about: str = "something", excluded: bool = False, **granted: str) -> Iterable[Grant]:
    for word, kind in GRANTS.items():
        if granted.get(word):
            yield Grant(kind=kind, resource=named(about), role=granted[word])
    if excluded:
        yield Grant(kind=GrantKind.EXCLUDED, resource=named(about))
