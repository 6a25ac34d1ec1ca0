"""Decisions: Cedar policies beside the contracts, parsed once, denied by default, denied on any error."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import cedarpy
import orjson
import structlog

from shared.authz import sources
from shared.authz.model import ERRED, SUITE, Decision, Resource, StepUp
from shared.authz.standing import Standing, anywhere, standing_of
from shared.clock import now
from shared.contracts.actor import Actor
from shared.errors import Forbidden, NotFound
from shared.observability import metrics

CONTRACTS = sources.CONTRACTS
LONG_AGO = 2**31
"""The age, in seconds, of a proof of identity that nobody spoke of."""
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
        self._step_ups = {key: _step_up(note["stepup"]) for key, note in notes.items() if "stepup" in note}
        self._ages = sorted({asked.max_age for asked in self._step_ups.values()})

    def age_of(self, actor: Actor) -> int:
        """How long ago they proved who they are, rounded up to an age that these policies ask about."""
        if actor.authenticated_at is None:
            return LONG_AGO
        at = bisect_left(self._ages, now().timestamp() - actor.authenticated_at)
        return self._ages[at] if at < len(self._ages) else LONG_AGO

    def decide(self, actor: Actor, action: str, resource: Resource = SUITE, *, age: int | None = None) -> Decision:
        """Whether `actor` may do `action` to `resource`, and which fields the satisfied permits show.

        They may as who they are everywhere, or as who they were made for this resource: what opens a wall for a role
        that was granted opens it for that role alone. `age` is `age_of(actor)`, from whoever knows it already.
        """
        age = self.age_of(actor) if age is None else age
        standing = standing_of(actor, resource)
        usual = self._ask(actor, action, resource, Standing(frozenset(actor.roles), excluded=standing.excluded), age)
        if not standing.roles:
            return usual
        return _either(usual, self._ask(actor, action, resource, standing, age))

    def _ask(self, actor: Actor, action: str, resource: Resource, standing: Standing, age: int) -> Decision:
        request = {
            "principal": {"type": "Actor", "id": str(actor.id)},
            "action": {"type": "Action", "id": action},
            "resource": {"type": resource.type, "id": resource.id},
            "context": orjson.dumps({"purpose": actor.purpose or ""}).decode(),
        }
        try:
            asker = _asker(actor, standing.roles, age, resource.department)
            entities = asker.with_added_json_str(orjson.dumps([_asked_about(resource, standing)]).decode())
        except ValueError:  # an attribute that no policy can read
            return _erred(action)
        result = cedarpy.is_authorized(request, self._policies, entities)
        reasons = result.diagnostics.reasons
        names = tuple(sorted(self._names[key] for key in reasons))
        if result.diagnostics.errors:
            return _erred(action, names, len(result.diagnostics.errors))
        if result.allowed:
            fields = frozenset[str]().union(*(self._fields[key] for key in reasons))
            return Decision(allowed=True, policies=names, fields=fields, roles=standing.roles)
        asked = self._asked_by(reasons)
        if asked is not None:
            surer = actor.model_copy(update={"assurance": asked.level})
            asked = asked if self._ask(surer, action, resource, standing, 0).allowed else None
        return Decision(allowed=False, policies=names, fields=frozenset(), step_up=asked)

    def _asked_by(self, reasons: Sequence[str]) -> StepUp | None:
        """What would satisfy every reason of a refusal; None where one of them asks for something else."""
        asked = [self._step_ups[key] for key in reasons if key in self._step_ups]
        if not asked or len(asked) < len(reasons):
            return None
        return StepUp(level=max(one.level for one in asked), max_age=min(one.max_age for one in asked))

    def require(self, actor: Actor, action: str, resource: Resource = SUITE) -> Decision:
        """The decision, if it allows; raises PolicyRefused with the deciding policies otherwise."""
        decision = self.decide(actor, action, resource)
        if not decision.allowed:
            raise refusal(action, decision)
        return decision


class ActorPermissions:
    """The policies of one service, for one actor: what a use case asks inside its unit of work."""

    def __init__(self, policies: Policies, actor: Actor) -> None:
        self._policies, self.actor = policies, actor

    def decide(self, action: str, resource: Resource = SUITE) -> Decision:
        """Whether the actor may, and which fields they may see."""
        return self._policies.decide(self.actor, action, resource)

    def knock(self, action: str) -> None:
        """Raises PolicyRefused where the actor may do this to nothing at all, whatever they were granted."""
        self._policies.require(anywhere(self.actor), action)

    def require(
        self, action: str, resource: Resource = SUITE, *, see: str | None = None, unknown: type[NotFound] = NotFound
    ) -> Decision:
        """The decision, if it allows. Otherwise PolicyRefused; but `unknown` where the actor may not even `see` it."""
        decision = self.decide(action, resource)
        if decision.allowed:
            return decision
        if see is not None and not (action != see and self.decide(see, resource).allowed):
            raise unknown(refused=list(decision.policies))  # for the record alone: it goes no further than the gateway
        raise refusal(action, decision)


def refusal(action: str, decision: Decision) -> PolicyRefused:
    """The error that a decision against somebody is; where showing more of who they are would help, it says so."""
    if decision.step_up is None:
        return PolicyRefused(action=action, policies=list(decision.policies))
    asked = {"level": decision.step_up.level, "max_age": decision.step_up.max_age}
    return PolicyRefused(action=action, policies=list(decision.policies), step_up=asked)


def _step_up(text: str) -> StepUp:
    """`aal2 900`: the level, and how many seconds ago at most."""
    level, max_age = text.split()
    return StepUp(level=level, max_age=int(max_age))


@cache
def policies_of(service: str) -> Policies:
    """The policies that stand beside the contracts of `service`."""
    sources.places_of(service)  # each has a name, and one of its own
    return Policies(sources.text_of(service), sources.schema_of(service))


def _erred(action: str, policies: tuple[str, ...] = (), errors: int = 1) -> Decision:
    metrics.policies_erred.labels(action).inc()
    log.error("policy.erred", action=action, policies=policies, errors=errors)
    return Decision(allowed=False, policies=(ERRED,), fields=frozenset())


def _either(one: Decision, other: Decision) -> Decision:
    """What may be done as who they are, or as who they were made here."""
    if ERRED in {*one.policies, *other.policies}:
        return Decision(allowed=False, policies=(ERRED,), fields=frozenset())
    counting = [decision for decision in (one, other) if decision.allowed] or [one, other]
    return Decision(
        allowed=one.allowed or other.allowed,
        policies=tuple(sorted({name for decision in counting for name in decision.policies})),
        fields=frozenset[str]().union(*(decision.fields for decision in counting)),
        step_up=None if one.allowed or other.allowed else one.step_up or other.step_up,
        roles=frozenset[str]().union(*(decision.roles for decision in counting)),
    )


@lru_cache(maxsize=2_048)
def _asker(actor: Actor, roles: frozenset[str], age: int, department: str) -> cedarpy.Entities:
    """Who asks, and the departments of both sides: parsed once for all that they ask about in a department."""
    asker = {
        "uid": {"type": "Actor", "id": str(actor.id)},
        "attrs": {
            "kind": actor.kind.value,
            "assurance": actor.assurance,
            "department": _uid("Department", actor.department),
            "contact": str(actor.contact_id or ""),
            "onBehalfOf": str(actor.on_behalf_of or ""),
            "scopes": list(actor.scopes),
            "authAge": age,
        },
        "parents": [_uid("Role", role) for role in roles],
    }
    departments = _departments({actor.department, department} - {""})
    return cedarpy.Entities.from_json_str(orjson.dumps([asker, *departments]).decode())


def _asked_about(resource: Resource, standing: Standing) -> dict[str, Any]:
    return {
        "uid": _uid(resource.type, resource.id),
        "attrs": dict(resource.attributes or {}) | _said_of(standing, resource),
        "parents": [_uid("Department", resource.department)] if resource.department else [],
    }


def _said_of(standing: Standing, resource: Resource) -> dict[str, bool]:
    if resource.type == SUITE.type:
        return {}
    return {"granted": standing.granted, "challenged": standing.challenged, "excluded": standing.excluded}


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
