"""Conditions that a caller states, as a clause of SQL: only on fields named here, compared only as they can be."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

from services.gateway.domain.errors import FieldUnknown
from shared.contracts.gateway.staff import Alternative, Condition

Make = Callable[[Condition], ColumnElement[bool]]
_ORDERED: Final[Mapping[str, Callable[[Any, Any], ColumnElement[bool]]]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column != value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
}


def clause(where: Sequence[Alternative], fields: Mapping[str, Make]) -> ColumnElement[bool]:
    """One of the alternatives holds; anything does where there is none. Raises FieldUnknown."""
    if not where:
        return true()
    return or_(*(and_(*(_one(condition, fields) for condition in some.conditions)) for some in where))


def text_of(column: Any, *, folded: bool = True) -> Make:
    """A field that holds text; `folded` compares without regard to case."""
    seen = func.lower(column) if folded else column

    def make(condition: Condition) -> ColumnElement[bool]:
        value = condition.value.lower() if folded else condition.value
        match condition.operator:
            case "pr":
                return _known(column.is_not(None))
            case "co":
                return _known(func.coalesce(seen, "").contains(value, autoescape=True))
            case "sw":
                return _known(func.coalesce(seen, "").startswith(value, autoescape=True))
            case "ew":
                return _known(func.coalesce(seen, "").endswith(value, autoescape=True))
            case "ne":
                return _known(seen.is_distinct_from(value))
            case operator:
                return _ORDERED[operator](seen, value)

    return make


def moment_of(column: Any) -> Make:
    """A field that holds a moment."""
    return _typed(column, _moment, tuple(_ORDERED))


def id_of(column: Any) -> Make:
    """A field that holds an id. What is no id matches nothing."""
    return _typed(column, _id, ("eq", "ne"))


def flag_of(column: Any) -> Make:
    """A field that is true or false."""
    return _typed(column, _flag, ("eq", "ne"))


def among(exists: Callable[[UUID], ColumnElement[bool]], *, any_at_all: ColumnElement[bool]) -> Make:
    """A field that holds several ids."""

    def make(condition: Condition) -> ColumnElement[bool]:
        if condition.operator == "pr":
            return any_at_all
        if condition.operator not in ("eq", "ne"):
            raise _wrong(condition)
        id = _id(condition)
        found = false() if id is None else exists(id)
        return found if condition.operator == "eq" else not_(found)

    return make


def _one(condition: Condition, fields: Mapping[str, Make]) -> ColumnElement[bool]:
    if condition.field not in fields:
        raise _wrong(condition)
    return fields[condition.field](condition)


def _typed(column: Any, read: Callable[[Condition], Any], operators: Sequence[str]) -> Make:
    def make(condition: Condition) -> ColumnElement[bool]:
        if condition.operator == "pr":
            return _known(column.is_not(None))
        if condition.operator not in operators:
            raise _wrong(condition)
        value = read(condition)
        if value is None:
            return false() if condition.operator == "eq" else true()
        return _ORDERED[condition.operator](column, value)

    return make


def _id(condition: Condition) -> UUID | None:
    try:
        return UUID(condition.value)
    except ValueError:
        return None


def _flag(condition: Condition) -> bool:
    if condition.value not in ("true", "false"):
        raise _wrong(condition)
    return condition.value == "true"


def _moment(condition: Condition) -> datetime:
    try:
        moment = datetime.fromisoformat(condition.value)
    except ValueError:
        raise _wrong(condition) from None
    if moment.tzinfo is None:
        raise _wrong(condition)
    return moment


def _known(expression: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = expression
    return found


def _wrong(condition: Condition) -> FieldUnknown:
    return FieldUnknown(field=condition.field, operator=condition.operator)
