"""Acting for somebody else, said anew with each request: a citizen by mandate, a member of staff by delegation.

Nothing is remembered: a mandate that was ended a moment ago is worth nothing now. Who acts stays who they are; beside
them, in token, event and log, stands for whom.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import invalid
from services.gateway.identity.standing import Standing, Standings
from shared.contracts.actor import Actor, GrantKind, Kind
from shared.errors import Forbidden

HEADER = b"tellus-acting-for"


class NotActingFor(Forbidden):
    """You may not act for whom you named: the permission has ended, has not begun, or was never given."""

    code = "not_acting_for"


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody may do for another now: in which roles, of which department."""

    roles: tuple[str, ...]
    department: str


class Authorities(Protocol):
    """Who may act for whom."""

    async def held(self, kind: str, representative: UUID, principal: UUID) -> Held | None:
        """What is in force now; raises Unavailable where that cannot be known."""


class Acting:
    """Turns a caller into one who acts for another, where they may."""

    def __init__(self, authorities: Authorities, standings: Standings) -> None:
        self._authorities, self._standings = authorities, standings

    async def as_asked(self, actor: Actor, headers: Headers) -> Actor:
        """The actor, acting for whom the request names; raises NotActingFor, or a problem for what is no id."""
        named = headers.one(HEADER)
        if named is None:
            return actor
        try:
            principal = UUID(named)
        except ValueError:
            mistake = {"header": "Tellus-Acting-For", "detail": "must be the id of a contact or of a colleague"}
            raise invalid([mistake]) from None
        if actor.on_behalf_of is not None:
            raise NotActingFor
        if actor.kind is Kind.CITIZEN and actor.contact_id is not None:
            return await self._by_mandate(actor, actor.contact_id, principal)
        if actor.kind is Kind.STAFF:
            return await self._by_delegation(actor, principal)
        raise NotActingFor  # a system exchanges the user's token for one of its own, and so says it with every request

    async def _by_mandate(self, actor: Actor, contact: UUID, principal: UUID) -> Actor:
        if await self._authorities.held("mandate", contact, principal) is None:
            raise NotActingFor
        return actor.model_copy(update={"contact_id": principal, "on_behalf_of": principal})

    async def _by_delegation(self, actor: Actor, principal: UUID) -> Actor:
        held = await self._authorities.held("delegation", actor.id, principal)
        theirs = await self._standings.of(principal) if held is not None else None
        if held is None or theirs is None or not theirs.active:
            raise NotActingFor
        roles = _still_theirs(held, theirs)
        if not roles:
            raise NotActingFor
        kept_out = tuple(grant for grant in actor.grants if grant.kind is GrantKind.EXCLUDED)
        given = tuple(grant for grant in theirs.grants if grant.kind is not GrantKind.CHALLENGED)
        return actor.model_copy(
            update={
                "roles": roles,
                "department": held.department,
                "grants": tuple(dict.fromkeys((*kept_out, *given))),
                "on_behalf_of": principal,
            }
        )


def _still_theirs(held: Held, theirs: Standing) -> tuple[str, ...]:
    """What was lent, less what the directory has since taken from whoever lent it; nothing once they work elsewhere."""
    if theirs.department is None:
        return held.roles
    if theirs.department != held.department:
        return ()
    # where the directory gives them no role at all, their issuer does, and only their own sign-in would tell
    return tuple(role for role in held.roles if role in theirs.roles) if theirs.roles else held.roles
