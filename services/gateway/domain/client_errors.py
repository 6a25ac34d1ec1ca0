"""What can be wrong with systems that call the API."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


class ClientUnknown(NotFound):
    """There is no such system, or you may not know of it."""

    code = "client.unknown"


class OwnerUnknown(Invalid):
    """Whoever answers for a system is an active member of staff."""

    code = "client.owner_unknown"


class RegistrationTooLong(Invalid):
    """A system is registered for a year at most: renew it then."""

    code = "client.too_long"


class ScopeAboveAuthority(Forbidden):
    """This scope is not yours to give: ask an administrator."""

    code = "client.scope_above_authority"


class PurposeUnknown(Invalid):
    """There is no such purpose: GET /v1/purposes lists them."""

    code = "client.purpose_unknown"


class KeyUnusable(Invalid):
    """This is no usable public key: send one on P-256 with x and y, or on Ed25519 with x alone."""

    code = "client.key_unusable"


class KeyKnown(Conflict):
    """The system has this key already."""

    code = "client.key_known"


class KeyUnknown(NotFound):
    """The system has no such key."""

    code = "client.key_unknown"


class KeyNeeded(Conflict):
    """This is the last key that still counts: add another first, or suspend the system."""

    code = "client.key_needed"


class TooManyKeys(Conflict):
    """A system has three keys at most: remove one first."""

    code = "client.too_many_keys"


class ClientSuspended(Conflict):
    """This system is suspended already."""

    code = "client.suspended"


class ClientActive(Conflict):
    """This system is active."""

    code = "client.active"
