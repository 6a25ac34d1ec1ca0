"""Who may act for whom, read at each request that says so: one look by an index."""

from uuid import UUID

from services.gateway.adapters.store import Store
from services.gateway.identity.acting import Held

ASK = """
SELECT roles, department FROM authority
WHERE kind = %s AND representative = %s AND principal = %s
  AND ended_at IS NULL AND begins_at <= now() AND ends_at > now()
ORDER BY granted_at DESC LIMIT 1
"""


class SqlActing:
    """The table `authority`, for the face."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def held(self, kind: str, representative: UUID, principal: UUID) -> Held | None:
        """What is in force now; raises StoreUnavailable where that cannot be known."""
        async with self._store.statement() as connection:
            row = await (await connection.execute(ASK, [kind, representative, principal])).fetchone()
        return Held(tuple(row[0]), row[1]) if row is not None else None
