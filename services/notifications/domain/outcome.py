"""What can come of handing a message to a provider."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The provider has it and answers for it from now on."""

    detail: str


@dataclass(frozen=True)
class Rejected:
    """The provider will never take it."""

    detail: str


@dataclass(frozen=True)
class Deferred:
    """The provider has not taken it, for certain; it may later."""

    detail: str


@dataclass(frozen=True)
class Unknown:
    """The provider may have taken it: its answer was lost. Nothing is sent again."""

    detail: str


Outcome = Accepted | Rejected | Deferred | Unknown
