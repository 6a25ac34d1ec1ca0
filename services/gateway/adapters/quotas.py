"""What all replicas together have let through, in the store that they share: one statement for many clients."""

from collections.abc import Mapping
from typing import Final

from services.gateway.adapters.store import Store
from services.gateway.limits.limiter import Key

_DRAW: Final = """
INSERT INTO quota AS known (client, policy, used_until)
SELECT client, policy, now() + make_interval(secs => seconds)
FROM unnest(%s::text[], %s::text[], %s::float8[]) AS drawn (client, policy, seconds)
ON CONFLICT (client, policy) DO UPDATE
SET used_until = greatest(known.used_until, now()) + (excluded.used_until - now())
RETURNING client, policy, extract(epoch FROM used_until - now())::float8
"""


class SqlQuotas:
    """The table `quota`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def draw(self, used: Mapping[Key, float]) -> Mapping[Key, float]:
        """Add these seconds to what each has used; for how many seconds each has now used. Raises where it is away."""
        keys = sorted(used)  # always in one order, or two replicas wait for each other
        columns = [[client for client, _ in keys], [policy for _, policy in keys], [used[key] for key in keys]]
        async with self._store.statement() as connection:
            rows = await (await connection.execute(_DRAW, columns)).fetchall()
        return {(client, policy): seconds for client, policy, seconds in rows}

    async def forget(self) -> None:
        """Delete what has been given back."""
        async with self._store.statement() as connection:
            await connection.execute("DELETE FROM quota WHERE used_until < now()")
