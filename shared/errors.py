"""The six ways a request can fail, and nothing about HTTP.

    ServiceError
    ├── Invalid        the caller sent something that can never work
    ├── Forbidden      the caller may not do this
    ├── NotFound       the thing does not exist, or the caller may not know
    ├── Conflict       the thing is not in a state that allows this
    │   └── Stale      ... because the caller saw an older version of it
    ├── TooMany        the caller must slow down
    └── Unavailable    we cannot answer now; trying again may help

A kind, a stable code and details cross the wire; a subclass stays at home. `Stale` is no seventh kind: it
travels as a Conflict whose code is `stale`.
"""

from typing import Any, ClassVar


class ServiceError(Exception):
    """Something went wrong that a person should be told about: `message` says what, where and what to do."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str = "", *, code: str | None = None, **details: Any) -> None:
        self.message = message or (self.__doc__ or "").strip().splitlines()[0]
        self.error_code = code or type(self).code
        self.details: dict[str, Any] = details
        super().__init__(self.message)


class Invalid(ServiceError):
    """The request can never succeed as sent."""

    code = "invalid"


class Forbidden(ServiceError):
    """You may not do this."""

    code = "forbidden"


class NotFound(ServiceError):
    """There is no such thing, or you may not know of it."""

    code = "not_found"


class Conflict(ServiceError):
    """The current state does not allow this."""

    code = "conflict"


class Stale(Conflict):
    """Somebody changed this after you read it: read it again, then decide."""

    code = "stale"


class TooMany(ServiceError):
    """Too many requests: wait, then try again."""

    code = "too_many"


class Unavailable(ServiceError):
    """Not available now: try again in a moment."""

    code = "unavailable"


KINDS: tuple[type[ServiceError], ...] = (Invalid, Forbidden, NotFound, Conflict, TooMany, Unavailable)


def kind_of(error: ServiceError) -> type[ServiceError]:
    """The one of the six kinds that this error is, so that subclasses never leak out of their service."""
    return next(kind for kind in type(error).__mro__ if kind in KINDS)
