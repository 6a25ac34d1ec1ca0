"""The caller, as this suite knows them: who they are, what they may do, what to try next; and the API for them alone."""

from typing import Any
from uuid import UUID

from shared.contracts.actor import Kind
from shared.contracts.base import Code, Department, Request, View


class AllowedOperation(View):
    """Something that the caller's roles allow, and where."""

    operation: Code
    method: str
    path: str
    """With {names} where an id belongs."""


class NextStep(View):
    """Something to try next."""

    title: str
    method: str
    path: str


class MeView(View):
    """Who the caller is to this suite, and what they may ask for. What a resource allows is decided where it lives."""

    id: UUID
    kind: Kind
    roles: tuple[Code, ...]
    department: Department
    assurance: Code
    contact_id: UUID | None = None
    operations: tuple[str, ...]
    on_behalf_of: UUID | None = None
    scopes: tuple[Code, ...] = ()
    grants: int = 0
    """For how many cases and contacts something was granted, taken or excluded beyond what the roles say."""
    purposes: tuple[Code, ...] = ()
    """For what the caller may ask, as Tellus-Purpose."""
    may: tuple[AllowedOperation, ...] = ()
    next: tuple[NextStep, ...] = ()


class WhoAmI(Request[MeView], service="gateway"):
    """The caller's internal id, roles and department, what their roles allow and where, and what to try next."""


class ApiView(View):
    """An OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    servers: tuple[dict[str, Any], ...] = ()
    security: tuple[dict[str, Any], ...] = ()
    tags: tuple[dict[str, Any], ...] = ()
    paths: dict[str, Any]
    components: dict[str, Any]


class DescribeApi(Request[ApiView], service="gateway"):
    """The API as the caller may use it: only what their roles allow."""
