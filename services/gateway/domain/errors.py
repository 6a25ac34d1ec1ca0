"""What can be wrong in the directory."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


class StaffUnknown(NotFound):
    """There is no such member of staff, or you may not know of them."""

    code = "staff.unknown"


class StaffExists(Conflict):
    """This identity is a member of staff already."""

    code = "staff.exists"


class UserNameTaken(Conflict):
    """Another member of staff has this user name."""

    code = "staff.user_name_taken"


class StaffInactive(Conflict):
    """This member of staff is deactivated."""

    code = "staff.inactive"


class StaffActive(Conflict):
    """This member of staff is active."""

    code = "staff.active"


class IssuerUnknown(Invalid):
    """No issuer of this name speaks for staff here: name one that the gateway trusts."""

    code = "staff.issuer_unknown"


class NothingToAmend(Invalid):
    """Nothing would change: name at least one field to change or remove."""

    code = "directory.nothing_to_amend"


class Contradictory(Invalid):
    """Two parts of the request contradict each other."""

    code = "directory.contradictory"


class FieldUnknown(Invalid):
    """There is no such field to look by, or it cannot be compared like this."""

    code = "directory.field_unknown"


class TermHidden(Forbidden):
    """You may not look for what you may not see."""

    code = "directory.term_hidden"


class DepartmentElsewhere(Forbidden):
    """This lies outside your department: only your own, and those within it, are yours to manage."""

    code = "directory.department"


class LastAdministrator(Conflict):
    """This is the last active administrator: make somebody else one first."""

    code = "directory.last_administrator"


class ActorRevoked(Forbidden):
    """Your own access has ended."""

    code = "directory.revoked"


class TeamUnknown(NotFound):
    """There is no such team, or you may not know of it."""

    code = "team.unknown"


class TeamNameTaken(Conflict):
    """This department has a team of this name already."""

    code = "team.name_taken"


class MemberUnknown(Invalid):
    """Somebody named here is no active member of staff that you may manage."""

    code = "team.member_unknown"


class LeadNotMember(Invalid):
    """Who leads a team is one of its members."""

    code = "team.lead_not_member"


class AssignmentUnknown(NotFound):
    """There is no such assignment, or you may not know of it."""

    code = "assignment.unknown"


class RoleUnknown(Invalid):
    """There is no such role to give."""

    code = "assignment.role_unknown"


class OwnRole(Forbidden):
    """Nobody gives themselves a role: ask somebody else to."""

    code = "assignment.own_role"


class OwnExclusion(Forbidden):
    """Nobody lifts their own exclusion: ask somebody else to."""

    code = "assignment.own_exclusion"


class RoleAboveAuthority(Forbidden):
    """This role is not yours to give or to take back."""

    code = "assignment.above_authority"


class PeriodImpossible(Invalid):
    """An assignment ends after it begins, and not in the past."""

    code = "assignment.period_impossible"


class TooManyGrants(Conflict):
    """This person has as many grants for single cases and contacts as one can have: end some first."""

    code = "assignment.too_many"


class AlreadyAssigned(Conflict):
    """This person has exactly this already."""

    code = "assignment.exists"


class AssignmentOver(Conflict):
    """This assignment has ended already."""

    code = "assignment.over"


class Excluded(Forbidden):
    """A conflict of interest keeps you out of this: no emergency changes that."""

    code = "assignment.excluded"


class NotAChallenge(Invalid):
    """Only emergency access is judged."""

    code = "assignment.not_a_challenge"


class AlreadyReviewed(Conflict):
    """This was judged already."""

    code = "assignment.reviewed"


class OwnChallenge(Forbidden):
    """Nobody judges their own emergency access."""

    code = "assignment.own_challenge"
