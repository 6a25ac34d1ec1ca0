"""What happens to members of staff, as the domain says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provisioned:
    """Somebody is known from now on, with these fields filled."""

    fields: tuple[str, ...]
    active: bool


@dataclass(frozen=True)
class Amended:
    """These fields changed."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Deactivated:
    """Their access ended."""

    reason: str


@dataclass(frozen=True)
class Reactivated:
    """Their access is back."""

    reason: str


@dataclass(frozen=True)
class Removed:
    """They are shown no longer."""

    reason: str


Fact = Provisioned | Amended | Deactivated | Reactivated | Removed
