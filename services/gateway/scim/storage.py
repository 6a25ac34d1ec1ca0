"""Where users and groups are read and written: the directory, by the same RPCs as everybody, as whoever asks."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID, uuid4

from scim2_models import (
    InvalidValueException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    ScimProvider,
    SearchRequest,
    UniquenessException,
)
from scim2_server.storage import AsyncScimStorage, SearchPage

from services.gateway.scim.filters import GROUP, USER, knows, where_of
from services.gateway.scim.translating import group_of, said_of_group, said_of_user, user_of, version_of
from shared.contracts.actor import Actor
from shared.contracts.base import Request
from shared.contracts.gateway.staff import (
    AmendStaff,
    DeactivateStaff,
    FindStaff,
    GetStaff,
    ProvisionStaff,
    ReactivateStaff,
    RemoveStaff,
)
from shared.contracts.gateway.teams import AmendTeam, CreateTeam, FindTeams, GetTeam, RemoveTeam
from shared.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError, TooMany, Unavailable

REASON = "provisioning"
PAGE = 20
STATUS: Mapping[type[ServiceError], int] = {Conflict: 409, Forbidden: 403, TooMany: 429, Unavailable: 503}
TAKEN = frozenset(("staff.exists", "staff.user_name_taken", "team.name_taken"))


class Ask(Protocol):
    """A service's answer to whoever asks."""

    async def __call__(self, request: Request[Any], command_id: UUID | None = None) -> Any:
        """As plain JSON; raises one of the six kinds."""


class Refused(SCIMException):
    """The directory said no, for a reason that SCIM has no word of its own for."""

    def __init__(self, error: ServiceError, status: int) -> None:
        super().__init__(detail=error.message)
        self.status = status


class DirectoryStorage(AsyncScimStorage):
    """Staff are users, teams are groups. `shown` gathers what was read, so that it can be put on record."""

    def __init__(self, provider: ScimProvider, ask: Ask, actor: Actor) -> None:
        self._provider, self._ask, self._actor = provider, ask, actor
        self.shown: list[Mapping[str, Any]] = []

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """One of them, as it is now."""
        del response_parameters  # all of it is at hand
        return self._resource(resource_type, await self._view(resource_type, resource_id))

    async def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """A page of those that match: one collection, users before groups where both are searched."""
        del position
        node = search_request.filter.ast if search_request.filter else None
        start = max(0, (search_request.start_index or 1) - 1)
        left = PAGE if search_request.count is None else search_request.count
        total, found = 0, list[Resource[Any]]()
        for kind in sorted(resource_types, key=_is_user, reverse=True):
            fields = USER if _is_user(kind) else GROUP
            if len(resource_types) > 1 and node is not None and not knows(node, fields):
                continue  # what a resource type does not declare matches none of its resources
            asked = {"where": where_of(node, fields), "start": max(0, start - total), "limit": left}
            reply = await self._said(_request(FindStaff if _is_user(kind) else FindTeams, asked))
            total += reply["total"]
            left -= len(reply["items"])
            found += [self._resource(kind, view) for view in reply["items"]]
        return SearchPage(total, found)

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """A new one."""
        user: Any = resource
        if _is_user(resource_type):
            said = said_of_user(user, department=self._actor.department)
            request: Request[Any] = _request(ProvisionStaff, said | {"active": user.active is not False})
        else:
            request = _request(CreateTeam, said_of_group(user) | {"department": self._actor.department})
        return self._resource(resource_type, await self._done(request))

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """As it is said to be now, all of it."""
        view = await self._view(resource_type, str(resource.id))
        if version_of(expected_version, view["version"]) != view["version"]:
            raise PreconditionFailedException
        changed = await (self._update_user if _is_user(resource_type) else self._update_group)(resource, view)
        return self._resource(resource_type, changed)

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Gone from here; what somebody is on record for stays."""
        view = await self._view(resource_type, resource_id)
        if version_of(expected_version, view["version"]) != view["version"]:
            raise PreconditionFailedException
        if _is_user(resource_type):
            await self._done(RemoveStaff(staff_id=view["id"], reason=REASON))
        else:
            await self._done(RemoveTeam(team_id=view["id"], reason=REASON))

    async def _update_user(self, user: Any, view: Mapping[str, Any]) -> Mapping[str, Any]:
        if user.active is False and view["active"]:  # a leaver leaves before anything else is written down
            view = await self._done(DeactivateStaff(staff_id=view["id"], reason=REASON))
        changes = _changes(said_of_user(user, department=view["department"]), view)
        if changes:
            view = await self._done(
                _request(AmendStaff, changes | {"staff_id": view["id"], "version": view["version"]})
            )
        if user.active is not False and not view["active"]:
            view = await self._done(ReactivateStaff(staff_id=view["id"], reason=REASON))
        return view

    async def _update_group(self, group: Any, view: Mapping[str, Any]) -> Mapping[str, Any]:
        changes = _changes(said_of_group(group), {**view, "members": sorted(view["members"])})
        if not changes:
            return view
        return await self._done(_request(AmendTeam, changes | {"team_id": view["id"], "version": view["version"]}))

    async def _view(self, kind: ResourceType, id: str) -> Mapping[str, Any]:
        try:
            known = UUID(id)
        except ValueError:
            raise NotFoundException from None
        return await self._said(GetStaff(staff_id=known) if _is_user(kind) else GetTeam(team_id=known))

    async def _done(self, request: Request[Any]) -> Mapping[str, Any]:
        return await self._said(request, uuid4())

    async def _said(self, request: Request[Any], command_id: UUID | None = None) -> Mapping[str, Any]:
        try:
            reply: Mapping[str, Any] = await self._ask(request, command_id)
        except ServiceError as error:
            raise in_scim(error) from error
        self.shown += reply.get("items", [reply])
        return reply

    def _resource(self, kind: ResourceType, view: Mapping[str, Any]) -> Resource[Any]:
        if not _is_user(kind):
            return group_of(view)
        model: type[Resource[Any]] = self._provider.model_for(kind)  # type: ignore[assignment]
        return user_of(model, view)


def in_scim(error: ServiceError) -> SCIMException:
    """The same refusal, in the words of RFC 7644."""
    if error.error_code == "stale":
        return PreconditionFailedException(detail=error.message)
    if error.error_code in TAKEN:
        return UniquenessException(detail=error.message)
    if isinstance(error, NotFound):
        return NotFoundException(detail=error.message)
    if isinstance(error, Invalid):
        return InvalidValueException(detail=error.message)
    return Refused(error, next(status for kind, status in STATUS.items() if isinstance(error, kind)))


def _is_user(kind: ResourceType) -> bool:
    return kind.name == "User"


def _changes(said: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    different = {name: value for name, value in said.items() if value != view[name]}
    gone = tuple(name for name, value in different.items() if value is None)
    left = {name: value for name, value in different.items() if value is not None}
    return left | ({"remove": gone} if gone else {})


def _request(kind: type[Request[Any]], fields: Mapping[str, Any]) -> Request[Any]:
    try:
        return kind.model_validate({name: value for name, value in fields.items() if value is not None})
    except ValueError as error:  # pydantic's own message may quote what was sent
        raise InvalidValueException(detail="A value is longer, or of another form, than it may be here.") from error
