"""What the gateway answers by itself, without asking another service."""

from uuid import UUID

from shared.contracts.actor import Kind
from shared.contracts.base import Code, Department, Request, View


class MeView(View):
    """Who the caller is to this suite, and what they may ask for. What a resource allows is decided where it lives."""

    id: UUID
    kind: Kind
    roles: tuple[Code, ...]
    department: Department
    assurance: Code
    contact_id: UUID | None = None
    operations: tuple[str, ...]


class WhoAmI(Request[MeView], service="gateway"):
    """The caller's internal id, roles and department, and the operations that their roles allow."""
