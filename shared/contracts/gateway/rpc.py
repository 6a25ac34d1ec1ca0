"""What the gateway answers by itself, without asking another service: everything it owns, each noun in a file of its own."""

from uuid import UUID

from shared.contracts.actor import Kind
from shared.contracts.base import Code, Department, Request, View
from shared.contracts.gateway.assignments import (
    AssignmentView,
    AssignRole,
    ChallengeAccess,
    DeclareConflict,
    EndAssignment,
    GetAssignment,
    ListAssignments,
    ListChallenges,
    ReviewChallenge,
)
from shared.contracts.gateway.staff import (
    Alternative,
    AmendStaff,
    Condition,
    DeactivateStaff,
    FindStaff,
    GetStaff,
    ListStaff,
    ProvisionStaff,
    ReactivateStaff,
    RemoveStaff,
    StaffView,
)
from shared.contracts.gateway.teams import (
    AmendTeam,
    CreateTeam,
    FindTeams,
    GetTeam,
    ListTeams,
    RemoveTeam,
    TeamView,
)
from shared.contracts.gateway.uploads import (
    AppendUpload,
    CancelUpload,
    CreateUpload,
    ExpiredUploads,
    ExpireUploads,
    FinishUpload,
    GetUpload,
    KeptContent,
    ListKeptContent,
    ListUploads,
    ReadUpload,
    UploadContent,
    UploadProgress,
    UploadView,
)

__all__ = [
    "Alternative",
    "AmendStaff",
    "AmendTeam",
    "AppendUpload",
    "AssignRole",
    "AssignmentView",
    "CancelUpload",
    "ChallengeAccess",
    "Condition",
    "CreateTeam",
    "CreateUpload",
    "DeactivateStaff",
    "DeclareConflict",
    "EndAssignment",
    "ExpireUploads",
    "ExpiredUploads",
    "FindStaff",
    "FindTeams",
    "FinishUpload",
    "GetAssignment",
    "GetStaff",
    "GetTeam",
    "GetUpload",
    "KeptContent",
    "ListAssignments",
    "ListChallenges",
    "ListKeptContent",
    "ListStaff",
    "ListTeams",
    "ListUploads",
    "MeView",
    "ProvisionStaff",
    "ReactivateStaff",
    "ReadUpload",
    "RemoveStaff",
    "RemoveTeam",
    "ReviewChallenge",
    "StaffView",
    "TeamView",
    "UploadContent",
    "UploadProgress",
    "UploadView",
    "WhoAmI",
]


class MeView(View):
    """Who the caller is to this suite, and what they may ask for. What a resource allows is decided where it lives."""

    id: UUID
    kind: Kind
    roles: tuple[Code, ...]
    department: Department
    assurance: Code
    contact_id: UUID | None = None
    operations: tuple[str, ...]


class WhoAmI(Request[MeView], service="gateway"):
    """The caller's internal id, roles and department, and the operations that their roles allow."""
