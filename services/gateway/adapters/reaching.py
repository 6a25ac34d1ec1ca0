"""Where a reach lets the store look, as a clause of SQL."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from services.gateway.application.ports import Reach


def within(column: Any, department: str) -> ColumnElement[bool]:
    """The department, or one within it."""
    return or_(column == department, column.startswith(f"{department}.", autoescape=True))


def reached(reach: Reach, *, department: Any, person: Any) -> ColumnElement[bool]:
    """What this reach covers; nothing where it covers nothing."""
    if reach.everywhere:
        return true()
    parts = []
    if reach.department is not None:
        parts.append(within(department, reach.department))
    if reach.person is not None:
        parts.append(person == reach.person)
    return or_(*parts) if parts else false()
