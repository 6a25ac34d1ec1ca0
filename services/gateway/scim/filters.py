"""Filters as provisioning systems write them, as the alternatives that the directory looks by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from shared.contracts.gateway.staff import Alternative, Condition

USER: Final[Mapping[str, str]] = {
    "id": "id",
    "username": "user_name",
    "displayname": "display_name",
    "externalid": "external_id",
    "active": "active",
    "emails": "email",
    "emails.value": "email",
    "groups": "team",
    "groups.value": "team",
    "department": "department",
    "meta.created": "provisioned_at",
    "meta.lastmodified": "changed_at",
}
GROUP: Final[Mapping[str, str]] = {
    "id": "id",
    "displayname": "name",
    "externalid": "external_id",
    "members": "member",
    "members.value": "member",
    "meta.created": "created_at",
    "meta.lastmodified": "changed_at",
}
MOST: Final = 20
"""Alternatives, and conditions in one: a filter that multiplies out to more is no way to look for somebody."""
_OPPOSITE: Final = {"eq": "ne", "ne": "eq", "gt": "le", "le": "gt", "lt": "ge", "ge": "lt"}
Conditions = tuple[Condition, ...]


def where_of(node: FilterNode | None, fields: Mapping[str, str]) -> tuple[Alternative, ...]:
    """The alternatives that a filter means; raises InvalidFilterException for what the directory cannot look by."""
    if node is None:
        return ()
    found = _alternatives(node, fields, "", negated=False)
    if () in found:
        return ()  # an alternative without a condition holds for everybody
    return tuple(Alternative(conditions=conditions) for conditions in found)


def knows(node: FilterNode, fields: Mapping[str, str]) -> bool:
    """Whether a filter names only what there is among these fields."""
    try:
        where_of(node, fields)
    except InvalidFilterException:
        return False
    return True


def _alternatives(node: FilterNode, fields: Mapping[str, str], inside: str, *, negated: bool) -> list[Conditions]:
    match node:
        case Not(expr):
            return _alternatives(expr, fields, inside, negated=not negated)
        case LogicalExpr(op, terms):
            parts = [_alternatives(term, fields, inside, negated=negated) for term in terms]
            either = (op == LogicalOperator.or_) != negated  # De Morgan
            return _bounded([one for part in parts for one in part] if either else _product(parts))
        case ValuePath(attr_path, val_filter):
            return _alternatives(val_filter, fields, f"{attr_path.attr}.", negated=negated)
        case Comparison(attr_path, operator, value):
            if inside and _name(attr_path, inside) in ("emails.type", "emails.primary", "members.type"):
                return [()]  # there is one of its kind, and it is of this kind
            return [(_condition(_field(attr_path, inside, fields), operator.value, value, negated=negated),)]
        case Present(attr_path):
            return [(_condition(_field(attr_path, inside, fields), "pr", "", negated=negated),)]
    raise InvalidFilterException(detail="This kind of filter is not understood here.")


def _product(parts: Sequence[list[Conditions]]) -> list[Conditions]:
    found: list[Conditions] = [()]
    for part in parts:
        found = _bounded([one + other for one in found for other in part])
    return found


def _bounded(found: list[Conditions]) -> list[Conditions]:
    if len(found) > MOST or any(len(conditions) > MOST for conditions in found):
        raise InvalidFilterException(detail=f"A filter may mean {MOST} alternatives of {MOST} conditions at most.")
    return found


def _condition(field: str, operator: str, value: Any, *, negated: bool) -> Condition:
    if value is None and operator in ("eq", "ne"):  # compared with nothing: is it there at all?
        negated, operator, value = (operator == "eq") != negated, "pr", ""
    if negated:
        if operator not in _OPPOSITE:
            raise InvalidFilterException(detail=f"`not` cannot be said of `{operator}` here.")
        operator = _OPPOSITE[operator]
    try:
        return Condition.model_validate({"field": field, "operator": operator, "value": _text(value)})
    except ValueError as error:  # pydantic's own message may quote what was sent
        raise InvalidFilterException(
            detail="A value in this filter is longer, or of another form, than may be."
        ) from error


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _field(path: AttrPath, inside: str, fields: Mapping[str, str]) -> str:
    name = _name(path, inside)
    if name not in fields:
        raise InvalidFilterException(detail="Nobody can be looked for by an attribute that this filter names.")
    return fields[name]


def _name(path: AttrPath, inside: str) -> str:
    return f"{inside}{path.attr}{'.' + path.sub_attr if path.sub_attr else ''}".lower()
