"""Registered systems, and the assertions that they proved themselves with, in the gateway's store."""

from datetime import datetime
from uuid import UUID

from services.gateway.adapters.store import Store
from services.gateway.clients.known import Known

FIND = """
SELECT client.department, client.scopes, client_key.kid, client_key.jwk
FROM client JOIN client_key ON client_key.client_id = client.id
WHERE client.id = %s AND client.active AND client.expires_at > now() AND client_key.expires_at > now()
"""
USE = """
WITH spent AS (DELETE FROM client_assertion WHERE expires_at < now()),
     used AS (INSERT INTO client_assertion (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1)
UPDATE client SET last_used_at = now() WHERE id = %s AND EXISTS (SELECT FROM used) RETURNING 1
"""


class SqlKnownClients:
    """The tables `client`, `client_key` and `client_assertion`, for the face."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, client_id: UUID) -> Known | None:
        """The system; None where there is none, or none that may act now."""
        async with self._store.statement() as connection:
            rows = await (await connection.execute(FIND, [client_id])).fetchall()
        if not rows:
            return None
        department, scopes = rows[0][:2]
        return Known(client_id, department, tuple(scopes), {kid: jwk for _, _, kid, jwk in rows})

    async def use(self, client_id: UUID, digest: bytes, expires_at: datetime) -> bool:
        """Note that an assertion was used, and the system with it; False where it was used before."""
        async with self._store.statement() as connection:
            return (await (await connection.execute(USE, [digest, expires_at, client_id])).fetchone()) is not None
