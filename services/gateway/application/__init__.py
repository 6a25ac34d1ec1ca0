"""What the directory can do: one module, one use case, one transaction."""

from services.gateway.application.acting.delegate_duties import delegate_duties
from services.gateway.application.acting.end_authority import end_authority
from services.gateway.application.acting.grant_mandate import grant_mandate
from services.gateway.application.acting.list_authorities import list_authorities
from services.gateway.application.assignments.assign_role import assign_role
from services.gateway.application.assignments.challenge_access import challenge_access
from services.gateway.application.assignments.declare_conflict import declare_conflict
from services.gateway.application.assignments.end_assignment import end_assignment
from services.gateway.application.assignments.get_assignment import get_assignment
from services.gateway.application.assignments.list_assignments import list_assignments
from services.gateway.application.assignments.list_challenges import list_challenges
from services.gateway.application.assignments.review_challenge import review_challenge
from services.gateway.application.clients.add_client_key import add_client_key
from services.gateway.application.clients.amend_client import amend_client
from services.gateway.application.clients.get_client import get_client
from services.gateway.application.clients.list_clients import list_clients
from services.gateway.application.clients.register_client import register_client
from services.gateway.application.clients.remove_client_key import remove_client_key
from services.gateway.application.clients.resume_client import resume_client
from services.gateway.application.clients.suspend_client import suspend_client
from services.gateway.application.jobs.advance_job import advance_job
from services.gateway.application.jobs.cancel_job import cancel_job
from services.gateway.application.jobs.export_cases import export_cases
from services.gateway.application.jobs.finish_job import finish_job
from services.gateway.application.jobs.get_job import get_job
from services.gateway.application.jobs.list_jobs import list_jobs
from services.gateway.application.jobs.read_job_result import read_job_result
from services.gateway.application.jobs.take_job import take_job
from services.gateway.application.sessions.end_my_session import end_my_session
from services.gateway.application.sessions.end_sessions import end_sessions
from services.gateway.application.sessions.list_my_sessions import list_my_sessions
from services.gateway.application.sessions.list_sessions import list_sessions
from services.gateway.application.staff.amend_staff import amend_staff
from services.gateway.application.staff.deactivate_staff import deactivate_staff
from services.gateway.application.staff.find_staff import find_staff
from services.gateway.application.staff.get_staff import get_staff
from services.gateway.application.staff.list_staff import list_staff
from services.gateway.application.staff.provision_staff import provision_staff
from services.gateway.application.staff.reactivate_staff import reactivate_staff
from services.gateway.application.staff.remove_staff import remove_staff
from services.gateway.application.teams.amend_team import amend_team
from services.gateway.application.teams.create_team import create_team
from services.gateway.application.teams.find_teams import find_teams
from services.gateway.application.teams.get_team import get_team
from services.gateway.application.teams.list_teams import list_teams
from services.gateway.application.teams.remove_team import remove_team
from services.gateway.application.uploads import (
    append_upload,
    cancel_upload,
    create_upload,
    expire_uploads,
    finish_upload,
    get_upload,
    list_kept_content,
    list_uploads,
    read_upload,
)

__all__ = [
    "add_client_key",
    "advance_job",
    "amend_client",
    "amend_staff",
    "amend_team",
    "append_upload",
    "assign_role",
    "cancel_job",
    "cancel_upload",
    "challenge_access",
    "create_team",
    "create_upload",
    "deactivate_staff",
    "declare_conflict",
    "delegate_duties",
    "end_assignment",
    "end_authority",
    "end_my_session",
    "end_sessions",
    "expire_uploads",
    "export_cases",
    "find_staff",
    "find_teams",
    "finish_job",
    "finish_upload",
    "get_assignment",
    "get_client",
    "get_job",
    "get_staff",
    "get_team",
    "get_upload",
    "grant_mandate",
    "list_assignments",
    "list_authorities",
    "list_challenges",
    "list_clients",
    "list_jobs",
    "list_kept_content",
    "list_my_sessions",
    "list_sessions",
    "list_staff",
    "list_teams",
    "list_uploads",
    "provision_staff",
    "reactivate_staff",
    "read_job_result",
    "read_upload",
    "register_client",
    "remove_client_key",
    "remove_staff",
    "remove_team",
    "resume_client",
    "review_challenge",
    "suspend_client",
    "take_job",
]
