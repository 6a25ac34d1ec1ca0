"""Pages of a list: keyset cursors; a total only where it was asked for."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from shared.contracts.base import View

Item = TypeVar("Item")

Limit = Annotated[int, Field(ge=1, le=100, strict=True)]
Cursor = Annotated[str, Field(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")]


class Page(View, Generic[Item]):
    """Some items in order, and the cursor that fetches what follows (None at the end)."""

    items: tuple[Item, ...]
    next: str | None = None


class Counted(Page[Item], Generic[Item]):
    """Some items from a place that the caller named, and how many there are in all (counted up to a cap)."""

    total: int
