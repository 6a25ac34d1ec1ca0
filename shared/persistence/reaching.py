"""What somebody may know of, as a condition on the rows of a table."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, false, not_, or_, true
from sqlalchemy.sql import ColumnElement

from shared.authz.reach import ASSIGNED, CONTACT, DEPARTMENT, Reach

Column = ColumnElement[Any]


def rows_within(
    reach: Reach, *, belongs_to: Iterable[Column], department: Column, contact: Column, assigned: Column | None = None
) -> ColumnElement[bool]:
    """The rows within `reach`; `belongs_to` are the columns that a grant may name: the row, its case, its contact."""
    below = department.startswith(f"{reach.department}.", autoescape=True)
    ways = {
        DEPARTMENT: or_(department == reach.department, below),
        ASSIGNED: false() if assigned is None else assigned == reach.actor_id,
        CONTACT: contact == reach.contact_id,
    }
    related = [and_(true(), *(ways[way] for way in sorted(relation))) for relation in reach.relations]
    named = tuple(belongs_to)
    granted = [column.in_(reach.granted) for column in named] if reach.granted else []
    seen = or_(false(), *related, *granted)
    return and_(seen, *outside(reach, belongs_to=named))


def outside(reach: Reach, *, belongs_to: Iterable[Column]) -> list[ColumnElement[bool]]:
    """Nothing from which somebody is kept out, and nothing that belongs to it."""
    if not reach.excluded:
        return []
    # a column may hold nothing, and nothing is in no list
    return [or_(column.is_(None), not_(column.in_(reach.excluded))) for column in belongs_to]
