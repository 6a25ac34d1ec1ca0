"""What can be wrong with acting for somebody else."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


class AuthorityUnknown(NotFound):
    """There is no such mandate or delegation, or you may not know of it."""

    code = "authority.unknown"


class OwnAuthority(Invalid):
    """Nobody needs a permission to act for themselves."""

    code = "authority.own"


class AuthorityTooLong(Invalid):
    """A delegation lasts three months at most, a mandate five years: renew it then."""

    code = "authority.too_long"


class AuthorityOver(Conflict):
    """This has ended already."""

    code = "authority.over"


class RoleNotYours(Forbidden):
    """You can lend a colleague only roles that you have yourself, and never those of oversight."""

    code = "authority.role_not_yours"


class ColleagueUnknown(Invalid):
    """Duties are delegated to an active member of staff of your own department."""

    code = "authority.colleague_unknown"
