"""What can be wrong with a contact."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


class NameMissing(Invalid):
    """A contact needs a name."""

    code = "contacts.name_missing"


class PointInvalid(Invalid):
    """This is no address we could reach somebody at."""

    code = "contacts.point_invalid"


class PointContradictory(Invalid):
    """A contact point is changed or removed, not both."""

    code = "contacts.point_contradictory"


class ContactUnknown(NotFound):
    """There is no such contact, or you may not know of it."""

    code = "contacts.unknown"


class ContactExists(Conflict):
    """A contact with this reference from this source is here already."""

    code = "contacts.exists"


class MomentImpossible(Invalid):
    """This moment cannot be when it happened."""

    code = "contacts.moment_impossible"


class TermHidden(Forbidden):
    """You may not look for what you may not see."""

    code = "contacts.term_hidden"


class NothingToAmend(Invalid):
    """Nothing would change: name at least one field to change or remove."""

    code = "contacts.nothing_to_amend"


class DepartmentElsewhere(Forbidden):
    """You may register a contact for your own department, or for one within it."""

    code = "contacts.department"
