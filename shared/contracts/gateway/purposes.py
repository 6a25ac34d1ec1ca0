"""What the gateway answers about purposes: why somebody may ask for what is known of people."""

from shared.contracts.base import Request, View
from shared.contracts.paging import Cursor, Limit, Page


class PurposeView(View):
    """One reason to read what is known of people, with its ground in law."""

    code: str
    """What to send as Tellus-Purpose."""
    title: str
    lawful_basis: str | None = None
    """The article that allows it; none where nothing is read of anybody."""
    special_categories: str | None = None
    """The article that allows it for special categories of data."""
    reaches: tuple[str, ...] = ()
    """What may be read for it."""


class ListPurposes(Request[Page[PurposeView]], service="gateway"):
    """Every purpose there is. They are few: one page holds them."""

    limit: Limit = 100
    cursor: Cursor | None = None
