"""Between what the directory answers and what provisioning systems understand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scim2_models import InvalidValueException, Meta, PreconditionFailedException, Resource

from services.gateway.scim.shapes import WORK, Email, Group, GroupMember, UserGroup, UserRole

Json = Mapping[str, Any]
PREFIX: Final = 'W/"v'


def user_of(model: type[Resource[Any]], view: Json) -> Resource[Any]:
    """A member of staff."""
    made: Any = model
    user: Resource[Any] = made(
        id=view["id"],
        external_id=view["external_id"],
        user_name=view["user_name"],
        display_name=view["display_name"],
        active=view["active"],
        emails=[Email(value=view["email"], type=WORK)] if view["email"] else None,
        groups=[UserGroup(value=id, ref=f"Groups/{id}") for id in view["teams"]] or None,
        roles=[UserRole(value=role) for role in view["roles"]] or None,
        meta=_meta("User", view["provisioned_at"], view),
    )
    extension = extension_of(model)
    user[extension] = extension(department=view["department"])
    return user


def group_of(view: Json) -> Group:
    """A team."""
    return Group(
        id=view["id"],
        external_id=view["external_id"],
        display_name=view["name"],
        members=[GroupMember(value=id, ref=f"Users/{id}", type="User") for id in view["members"]] or None,
        meta=_meta("Group", view["created_at"], view),
    )


def said_of_user(user: Any, *, department: str) -> dict[str, Any]:
    """What a user says of somebody, as fields of the directory; where they work unless it is said: `department`."""
    extension = user[extension_of(type(user))]
    emails: Sequence[Email] = user.emails or ()
    return {
        "user_name": user.user_name,
        "display_name": user.display_name,
        "email": emails[-1].value if emails else None,
        "department": (extension.department if extension else None) or department,
        "external_id": user.external_id,
    }


def said_of_group(group: Group) -> dict[str, Any]:
    """What a group says of a team."""
    return {
        "name": group.display_name,
        "members": sorted({str(id_of(member.value)) for member in group.members or ()}),
        "external_id": group.external_id,
    }


def id_of(value: str | None) -> UUID:
    """An id of ours; raises InvalidValueException."""
    try:
        return UUID(value or "")
    except ValueError:
        raise InvalidValueException(detail="A member is named by their id here.") from None


def version_of(told: str | None, current: int) -> int:
    """The version that a tag of ours names; `current` where none was said."""
    if told is None:
        return current
    digits = told.removeprefix(PREFIX).removesuffix('"')
    if not digits.isdigit():
        raise PreconditionFailedException
    return int(digits)


def extension_of(model: type[Resource[Any]]) -> Any:
    """The extension that says where somebody works."""
    (extension,) = model.get_extension_models().values()
    return extension


def _meta(kind: str, created: str, view: Json) -> Meta:
    return Meta(
        resource_type=kind,
        created=datetime.fromisoformat(created),
        last_modified=datetime.fromisoformat(view["changed_at"]),
        version=f'{PREFIX}{view["version"]}"',
    )
