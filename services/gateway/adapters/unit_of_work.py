"""One transaction on the gateway's store, as the directory makes it."""

from uuid import UUID

from sqlalchemy import Connection, Engine, Text, cast, func, select

from services.gateway.adapters.authorities import SqlAuthorities
from services.gateway.adapters.client_tables import client
from services.gateway.adapters.clients import SqlClients
from services.gateway.adapters.directory_assignments import SqlAssignments
from services.gateway.adapters.directory_sessions import SqlKeptSessions
from services.gateway.adapters.directory_staff import SqlStaff
from services.gateway.adapters.directory_tables import staff
from services.gateway.adapters.directory_teams import SqlTeams
from services.gateway.adapters.enrolment import SqlEnrolment
from services.gateway.adapters.jobs import SqlJobs
from services.gateway.adapters.tables import floor
from services.gateway.adapters.uploads import SqlUploads
from services.gateway.domain.errors import ActorRevoked
from services.gateway.identity.standing import CHANNEL
from shared.authz.decisions import ActorPermissions, policies_of
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork, Work


class GatewayWork(Work):
    """What a use case touches in one transaction."""

    def __init__(self, connection: Connection, call: Call) -> None:
        super().__init__(connection, call)
        self.enrolment = SqlEnrolment(connection)
        self.staff = SqlStaff(connection)
        self.teams = SqlTeams(connection)
        self.assignments = SqlAssignments(connection)
        self.uploads = SqlUploads(connection)
        self.clients = SqlClients(connection)
        self.authorities = SqlAuthorities(connection)
        self.jobs = SqlJobs(connection)
        self.sessions = SqlKeptSessions(connection)
        self.permissions = ActorPermissions(policies_of("gateway"), call.actor)

    def wake(self, actor_id: UUID) -> None:
        """If this transaction commits, every replica forgets what it knew of this actor, at once."""
        self.connection.execute(select(func.pg_notify(CHANNEL, str(actor_id))))
        # what keeps them out keeps out the systems that they answer for
        owned = select(func.pg_notify(CHANNEL, cast(client.c.id, Text))).where(client.c.owner == actor_id)
        self.connection.execute(owned)

    def require_current(self) -> None:
        """Raises ActorRevoked where whoever asks was deactivated after their call set out."""
        # held, so that whoever deactivates them now waits for this change, or this change for them
        asked = select(staff.c.active).where(staff.c.id == self.call.actor.id).with_for_update(read=True)
        if self.connection.execute(asked).scalar() is False:
            raise ActorRevoked


def unit_of_work(engine: Engine, call: Call) -> SqlUnitOfWork[GatewayWork]:
    """Opens transactions on the gateway's store for one call."""
    return SqlUnitOfWork(engine, floor, call, GatewayWork)
