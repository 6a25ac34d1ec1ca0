"""What happens to contacts, as the domain says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Registered:
    """A contact now exists, with these fields filled."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Amended:
    """These fields changed."""

    fields: tuple[str, ...]


Fact = Registered | Amended
