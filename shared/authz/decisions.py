"""Decisions: Cedar policies beside the contracts, parsed once, denied by default, denied on any error."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import cedarpy
import orjson
import structlog

from shared.authz.model import SUITE, Decision, Resource
from shared.contracts.actor import Actor, GrantKind
from shared.errors import Forbidden, NotFound

CONTRACTS = Path(__file__).parent.parent / "contracts"
log = structlog.get_logger()


class PolicyRefused(Forbidden):
    """Your role does not allow this."""

    code = "policy"


class Policies:
    """The policies of one service."""

    def __init__(self, text: str, schema: str) -> None:
        checked = cedarpy.validate_policies(text, schema)
        if not checked.validation_passed:
            raise ValueError(f"The policies do not fit their schema: {[str(e) for e in checked.errors]}")
        self._policies = cedarpy.PolicySet.from_str(text)
        self._schema = cedarpy.Schema.from_str(schema)
        notes = {key: p.annotations for key, p in self._policies.to_pst().static_policies.items()}
        self._names = {key: note.get("id", key) for key, note in notes.items()}
        self._fields = {key: frozenset(note.get("fields", "").split()) for key, note in notes.items()}

    def decide(self, actor: Actor, action: str, resource: Resource = SUITE) -> Decision:
        """Whether `actor` may do `action` to `resource`, and which fields the satisfied permits show."""
        request = {
            "principal": {"type": "Actor", "id": str(actor.id)},
            "action": {"type": "Action", "id": action},
            "resource": {"type": resource.type, "id": resource.id},
            "context": {"purpose": actor.purpose or ""},
        }
        result = cedarpy.is_authorized(request, self._policies, orjson.dumps(list(_entities(actor, resource))).decode())
        reasons = result.diagnostics.reasons
        names = tuple(sorted(self._names[key] for key in reasons))
        if result.diagnostics.errors:
            log.error("policy.erred", action=action, policies=names, errors=len(result.diagnostics.errors))
            return Decision(allowed=False, policies=("error",), fields=frozenset())
        fields = frozenset().union(*(self._fields[key] for key in reasons)) if result.allowed else frozenset()
        return Decision(allowed=result.allowed, policies=names, fields=fields)

    def require(self, actor: Actor, action: str, resource: Resource = SUITE) -> Decision:
        """The decision, if it allows; raises PolicyRefused with the deciding policies otherwise."""
        decision = self.decide(actor, action, resource)
        if not decision.allowed:
            raise PolicyRefused(action=action, policies=list(decision.policies))
        return decision


class ActorPermissions:
    """The policies of one service, for one actor: what a use case asks inside its unit of work."""

    def __init__(self, policies: Policies, actor: Actor) -> None:
        self._policies, self.actor = policies, actor

    def decide(self, action: str, resource: Resource = SUITE) -> Decision:
        """Whether the actor may, and which fields they may see."""
        return self._policies.decide(self.actor, action, resource)

    def require(
        self, action: str, resource: Resource = SUITE, *, see: str | None = None, unknown: type[NotFound] = NotFound
    ) -> Decision:
        """The decision, if it allows. Otherwise PolicyRefused; but `unknown` where the actor may not even `see` it."""
        decision = self.decide(action, resource)
        if decision.allowed:
            return decision
        if see is not None and not (action != see and self.decide(see, resource).allowed):
            raise unknown
        raise PolicyRefused(action=action, policies=list(decision.policies))


@cache
def policies_of(service: str) -> Policies:
    """The policies that stand beside the contracts of `service`."""
    common = (CONTRACTS / "actor.cedarschema").read_text()
    folder = CONTRACTS / service
    return Policies((folder / "policy.cedar").read_text(), common + (folder / "schema.cedarschema").read_text())


def roles_for(actor: Actor, resource: Resource) -> frozenset[str]:
    """The actor's roles towards this resource: those they have everywhere, and those granted for it alone."""
    touched = _touched(resource)
    return frozenset(actor.roles) | {
        grant.role for grant in actor.grants if grant.role and str(grant.resource) in touched
    }


def _standing_to(actor: Actor, resource: Resource) -> dict[str, bool]:
    if resource.type == SUITE.type:
        return {}
    touched = _touched(resource)
    kinds = {grant.kind for grant in actor.grants if str(grant.resource) in touched}
    return {
        "granted": GrantKind.SPECIFIC in kinds,
        "challenged": GrantKind.CHALLENGED in kinds,
        "excluded": GrantKind.EXCLUDED in kinds,
    }


def _touched(resource: Resource) -> frozenset[str]:
    """What a grant may name to reach this resource: itself, the case it belongs to, the contact it is about."""
    about = resource.attributes or {}
    return frozenset((resource.id, str(about.get("case", "")), str(about.get("contact", ""))))


def _entities(actor: Actor, resource: Resource) -> Iterable[dict[str, Any]]:
    yield {
        "uid": {"type": "Actor", "id": str(actor.id)},
        "attrs": {
            "kind": actor.kind.value,
            "assurance": actor.assurance,
            "department": _uid("Department", actor.department),
            "contact": str(actor.contact_id or ""),
            "onBehalfOf": str(actor.on_behalf_of or ""),
            "scopes": list(actor.scopes),
        },
        "parents": [_uid("Role", role) for role in roles_for(actor, resource)],
    }
    yield {
        "uid": _uid(resource.type, resource.id),
        "attrs": dict(resource.attributes or {}) | _standing_to(actor, resource),
        "parents": [_uid("Department", resource.department)] if resource.department else [],
    }
    yield from _departments({actor.department, resource.department} - {""})


def _departments(codes: set[str]) -> Iterable[dict[str, Any]]:
    every = {".".join(parts[:n]) for parts in (code.split(".") for code in codes) for n in range(1, len(parts) + 1)}
    for code in sorted(every):
        parent = code.rpartition(".")[0]
        yield {
            "uid": _uid("Department", code),
            "attrs": {},
            "parents": [_uid("Department", parent)] if parent else [],
        }


def _uid(type: str, id: str) -> dict[str, dict[str, str]]:
    return {"__entity": {"type": type, "id": id}}
