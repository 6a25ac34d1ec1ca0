"""Asks somebody to show better, or once more, who they are, in the words of whoever vouches for them (RFC 9470)."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from services.gateway.edge.problem import Problem
from services.gateway.identity.callers import Caller
from services.gateway.settings import Issuer, Settings
from shared.authz.model import StepUp

STEP_UP: Final = "step_up_required"
LOGIN: Final = "/v1/session/login"
_NAME: Final = re.compile(r"[!#-\[\]-~]+")
"""What can stand in a header between quotes."""


def step_up_required(caller: Caller, asked: StepUp, settings: Settings) -> Problem:
    """What the caller is told; whoever came with a browser session is told where to go as well."""
    said = ['realm="tellus"', 'error="insufficient_user_authentication"']
    said += [f'acr_values="{names}"'] if (names := " ".join(acr_values(caller.issuer, asked.level))) else []
    challenge = f"Bearer {', '.join(said)}, max_age={asked.max_age}"
    details: dict[str, Any] = {"assurance": asked.level, "max_age": asked.max_age}
    if caller.by_session:
        query = {"acr": asked.level, "max_age": asked.max_age, "return_to": settings.home}
        details["login"] = f"{LOGIN}?{urlencode(query, quote_via=quote)}"
    return Problem(
        STEP_UP,
        f"This needs a proof of identity of level {asked.level} that is at most {asked.max_age} seconds old.",
        details=details,
        headers=((b"www-authenticate", challenge.encode()),),
    )


def acr_values(issuer: Issuer, level: str) -> tuple[str, ...]:
    """What this issuer calls a level at least as high, the lowest that will do first."""
    enough = [(known, name) for name, known in issuer.assurance.items() if known >= level]
    return tuple(name for _, name in sorted(enough) if _NAME.fullmatch(name))


def step_up_of(details: object) -> StepUp | None:
    """What the owner of a resource asks for, where its refusal says so."""
    if not isinstance(details, Mapping):
        return None
    level, max_age = details.get("level"), details.get("max_age")
    return StepUp(level, max_age) if isinstance(level, str) and isinstance(max_age, int) else None
