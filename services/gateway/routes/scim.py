"""SCIM over HTTP: another protocol's words for the directory's operations, under the same policies."""

from typing import Any, Final

from services.gateway.route import Method, Route, Subjects, of_reply
from shared.contracts.base import Request
from shared.contracts.gateway.staff import AmendStaff, FindStaff, GetStaff, ProvisionStaff, RemoveStaff
from shared.contracts.gateway.teams import AmendTeam, CreateTeam, FindTeams, GetTeam, RemoveTeam

BASE: Final = "/scim/v2"
USERS: Final = "/Users"
BODY: Final = ("application/scim+json", "application/json")


def _route(method: Method, path: str, request: type[Request[Any]], *, personal: bool = False) -> Route:
    whose: Subjects | None = of_reply("id") if personal else None
    return Route(
        method=method,
        path=f"{BASE}{path}",
        request=request,
        purpose="staff_administration",
        subjects=whose,
        speaks="scim",
        raw_body=True,
        body_types=BODY,
        foreign=True,
    )


DISCOVERY: Final = (
    "/ServiceProviderConfig",
    "/ResourceTypes",
    "/ResourceTypes/User",
    "/ResourceTypes/Group",
    "/Schemas",
    "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
    "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group",
    "/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
)
ROUTES: Final = (
    *(_route("GET", path, FindStaff, personal=True) for path in DISCOVERY),
    _route("GET", "", FindStaff, personal=True),
    _route("POST", "/.search", FindStaff, personal=True),
    _route("GET", "/Users", FindStaff, personal=True),
    _route("POST", f"{USERS}/.search", FindStaff, personal=True),
    _route("POST", "/Users", ProvisionStaff, personal=True),
    _route("GET", "/Users/{staff_id:id}", GetStaff, personal=True),
    _route("PUT", "/Users/{staff_id:id}", AmendStaff, personal=True),
    _route("PATCH", "/Users/{staff_id:id}", AmendStaff, personal=True),
    _route("DELETE", "/Users/{staff_id:id}", RemoveStaff, personal=True),
    _route("GET", "/Groups", FindTeams),
    _route("POST", "/Groups/.search", FindTeams),
    _route("POST", "/Groups", CreateTeam),
    _route("GET", "/Groups/{team_id:id}", GetTeam),
    _route("PUT", "/Groups/{team_id:id}", AmendTeam),
    _route("PATCH", "/Groups/{team_id:id}", AmendTeam),
    _route("DELETE", "/Groups/{team_id:id}", RemoveTeam),
)
