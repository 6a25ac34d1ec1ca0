"""What every message between services has in common."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Reply = TypeVar("Reply")


def snake(name: str) -> str:
    """`RegisterContact` -> `register_contact`: one name from the class to the table."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _storable(text: str) -> str:
    """PostgreSQL stores no NUL and UTF-8 has no lone surrogates: say so here, not with a 500 later."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain half of a surrogate pair")
    return text


Storable = AfterValidator(_storable)
Text = Annotated[str, StringConstraints(strict=True), Storable]
"""Any storable text. One with limits of its own begins at `str`: limits put around `Text` would not see it stripped."""
Line = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\r\n\t]*$"),
    Storable,
]
"""One short line a person wrote: a name, a subject."""
Note = Annotated[str, StringConstraints(strict=True, max_length=10_000), Storable]
"""Free text."""
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""A stable word that code may compare: `email`, `case_opened`."""
Department = Annotated[
    str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$", max_length=100)
]
"""A place in the tree of departments, from the root: `city.permits`."""
Version = Annotated[int, Field(ge=1, lt=2**31, strict=True)]
FIRST: Final = datetime(1800, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _within_reach(moment: datetime) -> datetime:
    """PostgreSQL reckons beyond the years that Python can read, and an offset can lead there: say so here."""
    if not FIRST <= moment <= LAST:
        raise ValueError(f"must lie between {FIRST:%Y} and {LAST:%Y}")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
"""A moment that somebody states, with its offset; in UTC from there on."""


class Message(BaseModel):
    """Immutable, and strict about what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null", allow_inf_nan=False)


class View(BaseModel):
    """An answer. A reader ignores fields that a newer server added (servers deploy before callers)."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(Message, Generic[Reply]):
    """One RPC: the class name is the method, the fields are the arguments, `Reply` is the answer.

    `writes` says whether it changes anything: a write carries a command id, and its answer is kept with it. `within`
    are the operations in whose course a service may ask for this on behalf of whoever asked for them.
    """

    service: ClassVar[str]
    method: ClassVar[str]
    reply: ClassVar[Any]
    writes: ClassVar[bool]
    within: ClassVar[frozenset[str]]

    def __init_subclass__(
        cls, service: str = "", writes: bool = False, within: tuple[str, ...] = (), **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(
        cls, service: str = "", writes: bool = False, within: tuple[str, ...] = (), **kwargs: Any
    ) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if service:
            cls.service, cls.method, cls.writes, cls.within = service, snake(cls.__name__), writes, frozenset(within)
            (cls.reply,) = cls.__bases__[0].__pydantic_generic_metadata__["args"]  # type: ignore[attr-defined]


class Event(BaseModel):
    """One fact, published only after it was committed: ids, codes, field names and versions, never people.

    Fields are added, never renamed. `subject` is the aggregate and `subject_version` its version after the fact.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: ClassVar[str]
    type: ClassVar[str]
    routing_key: ClassVar[str]

    subject: UUID = Field(exclude=True)
    subject_version: int = Field(exclude=True)
    occurred_at: AwareDatetime | None = Field(default=None, exclude=True)
    """When it happened, where that is not when we learned it."""

    def __init_subclass__(cls, key: str = "", source: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(cls, key: str = "", source: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if key:
            cls.source, cls.routing_key, cls.type = source, key, f"tellus.{key}"
