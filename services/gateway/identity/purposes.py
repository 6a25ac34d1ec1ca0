"""Why somebody asks: as they say, as a system was registered, or as is usual; a system's registration is its limit."""

from services.gateway.edge.problem import invalid
from shared.contracts.purposes import REGISTRY
from shared.errors import Forbidden


class OtherPurpose(Forbidden):
    """This system was registered for another purpose, and asks for that one alone."""

    code = "purpose_not_registered_for"


def purpose_of(stated: str | None, *, registered: str | None, usual: str) -> str:
    """The purpose of a request; raises a problem for one that nobody knows, OtherPurpose for one not registered for."""
    purpose = stated if stated is not None else registered or usual
    if purpose not in REGISTRY:
        mistake = {"header": "Tellus-Purpose", "detail": "must be the code of a purpose that /v1/purposes lists"}
        raise invalid([mistake])
    if registered is not None and purpose != registered:
        raise OtherPurpose(purpose=registered)
    return purpose
