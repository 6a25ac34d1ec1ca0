"""What can go wrong with a case, named once."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


class BundleFaulty(Invalid):
    """The bundle cannot be used: every fault is named, mend them and add it again."""

    code = "cases.bundle"


class CaseTypeUnknown(NotFound):
    """There is no such case type, or it has no active version."""

    code = "cases.type_unknown"


class CaseTypeActive(Conflict):
    """This version of the case type is the active one already."""

    code = "cases.already_active"


class BundleKnown(Conflict):
    """This very bundle is stored already: use the version that has it."""

    code = "cases.same_bundle"


class CaseUnknown(NotFound):
    """There is no such case, or you may not know of it."""

    code = "cases.unknown"


class CaseExists(Conflict):
    """A case with this external reference was opened before."""

    code = "cases.exists"


class CaseClosed(Conflict):
    """The case is closed: it takes no more steps."""

    code = "cases.closed"


class StepIllegal(Conflict):
    """The case is not in a state in which this step may be taken; the legal ones are named."""

    code = "cases.illegal_step"


class GuardUnsatisfied(Conflict):
    """The case does not yet meet what this step asks for."""

    code = "cases.guard"


class RoleMissing(Forbidden):
    """The case type gives this to other roles than yours."""

    code = "cases.role"


class DepartmentElsewhere(Forbidden):
    """Only staff choose where a case is filed, in their own department or below it: leave the department out."""

    code = "cases.department"


class MigrationOnly(Forbidden):
    """Only a migration says when something happened, or who did it elsewhere."""

    code = "cases.migration_only"


class FormFaulty(Invalid):
    """Some answers are missing or wrong: each is named by its place."""

    code = "cases.form"


class ReferenceIncomplete(Invalid):
    """An external reference and its source come together or not at all."""

    code = "cases.reference"


class BundleMisplaced(Conflict):
    """A case type keeps its department and whether it is permissive: choose another key."""

    code = "cases.misplaced"


class TermHidden(Forbidden):
    """You may not look for what you may not see."""

    code = "cases.term_hidden"
