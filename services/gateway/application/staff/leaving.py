"""What ends when somebody leaves: every role that was given to them, every session, every system; what keeps them out stays."""

from datetime import datetime
from uuid import UUID

from services.gateway.application.assignments.published import as_ended
from services.gateway.application.clients.published import changed as client_changed
from services.gateway.application.ports import Work
from services.gateway.application.sessions.ending import end_all
from services.gateway.application.teams.published import as_changed
from services.gateway.domain.administrators import check_somebody_stays


def take_roles_back(work: Work, holder: UUID, reason: str, at: datetime) -> None:
    """Nothing that was given lets them in any more; raises LastAdministrator where nobody else could let others in."""
    check_somebody_stays(work.assignments.administrators(at), holder)
    for assignment in work.assignments.of(holder):
        if assignment.kind == "excluded" or assignment.over(at):
            continue
        assignment.close(work.permissions.actor.id, reason, at)
        work.assignments.save(assignment)
        work.tell(as_ended(assignment), department=assignment.department)


def leave_teams(work: Work, member: UUID, at: datetime) -> None:
    """They are in no team any more."""
    for team in work.teams.lock_with(member):
        changed = team.lose(member, at)
        work.teams.save(team)
        work.tell(as_changed(team, changed), department=team.description.department)


def sign_out(work: Work, holder: UUID, reason: str, at: datetime) -> None:
    """No browser is signed in as them any more."""
    end_all(work, work.sessions.of(holder, at), reason)


def suspend_clients(work: Work, owner: UUID, at: datetime) -> None:
    """No system that they answered for may do anything, until somebody who is here answers for it."""
    for client in work.clients.active_of(owner):
        client.suspend(at)
        work.clients.save(client)
        work.tell(client_changed(client, "owner_left"), department=client.department)
        work.wake(client.id)
