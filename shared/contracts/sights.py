"""Which of these may the caller see: asked where a record lives, for whoever passes on news of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import View

Several = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]


class Sights(View):
    """Of the records that were asked about, those that this caller may see now. Absent and hidden look the same."""

    visible: tuple[UUID, ...]
