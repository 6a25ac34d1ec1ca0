"""Users and groups as provisioning systems see them: no more of RFC 7643 than the directory keeps.

What a client sends beyond it is ignored, so that one that knows more attributes can still provision.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import Field, create_model
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

BASE: Final = "/scim/v2"
MOST_RESULTS: Final = 200
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WORK: Final = "work"


class Email(ComplexAttribute):
    """The one address of somebody at work."""

    value: Annotated[str | None, Required.true] = None
    """The address."""
    type: str | None = Field(default=None, examples=[WORK])
    """Always `work`."""


class UserGroup(ComplexAttribute):
    """A team that somebody is in."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    """The group's id."""
    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """Where the group is."""


class UserRole(ComplexAttribute):
    """A role that the directory gives somebody, in force now."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    """Its code."""


class User(Resource[Any]):
    """A member of staff."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true, Returned.always] = None
    """What they sign in with; without spaces."""
    display_name: Annotated[str | None, Required.true] = None
    """Their name, as colleagues see it."""
    active: Annotated[bool | None, Required.true] = None
    """Whether they may do anything; false ends their access everywhere within a second. Always said, never guessed."""
    emails: list[Email] | None = None
    """Where they are written to: one address. Where several are sent, the last."""
    groups: Annotated[list[UserGroup] | None, Mutability.read_only] = None
    """The teams they are in; changed through Groups."""
    roles: Annotated[list[UserRole] | None, Mutability.read_only] = None
    """The roles they have; given and taken back by people, never by a provisioning system."""


class GroupMember(ComplexAttribute):
    """Somebody in a team."""

    value: Annotated[str | None, Mutability.immutable, Required.true, CaseExact.true] = None
    """Their id."""
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """Where they are."""
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """Always `User`."""


class Group(Resource[Any]):
    """A team, of the provisioning system's own department."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """The team's name."""
    members: list[GroupMember] | None = None
    """Who is in it."""


def enterprise_user(departments: Sequence[str]) -> type[Extension]:
    """The extension that says where somebody works; `departments` are told as what may be said."""
    department: Any = (Annotated[str | None, Required.true], Field(None, examples=list(departments) or None))
    made: type[Extension] = create_model(
        "EnterpriseUser",
        __base__=Extension,
        __doc__="Where somebody works.",
        __module__=__name__,
        department=department,
    )
    made.__schema__ = URN(ENTERPRISE)
    return made


def provider(departments: Sequence[str]) -> ScimProvider:
    """What is served, and what can be asked of it."""
    extension = enterprise_user(departments)
    user: Any = User
    return ScimProvider(
        models=[User, extension, Group],
        resource_types=[
            ResourceType.from_resource(user[Annotated[extension, Required.true]]),
            ResourceType.from_resource(Group),
        ],
        config=ServiceProviderConfig(
            patch=Patch(supported=True),
            bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
            filter=Filter(supported=True, max_results=MOST_RESULTS),
            change_password=ChangePassword(supported=False),
            sort=Sort(supported=False),
            etag=ETag(supported=True),
            authentication_schemes=[
                AuthenticationScheme(
                    name="OAuth bearer token",
                    description="An access token of a system that is registered to provision staff.",
                    type=AuthenticationScheme.Type.oauthbearertoken,
                    primary=True,
                )
            ],
        ),
        policy=ScimPolicy(unknown=ScimPolicy.Unknown.ignore),
    )
