"""Lets through or refuses at once, and keeps the replicas' accounts together a few times a second."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, Protocol

import structlog
from prometheus_client import Counter, Gauge

from services.gateway.limits.allowance import Allowance, Policy, Verdict
from services.gateway.quotas import AllQuotas, Kind

log = structlog.get_logger()
Key = tuple[str, str]
"""A client, and a policy's name."""
MOST_REMEMBERED: Final = 100_000
ROUND_SECONDS: Final = 0.25
"""How long the others may not know of what was let through here, unless it is more than half a lease."""
PATIENCE_SECONDS: Final = 0.25
"""How long a request waits for the others' accounts, where this replica has given out its lease."""
FORGET_SECONDS: Final = 60.0
exceeded = Counter("tellus_quota_exceeded_total", "Requests refused because a quota was used up", ["sort", "kind"])
together = Gauge("tellus_quota_shared", "1 while quotas are shared with the other replicas, 0 while each is on its own")


class SharedQuotas(Protocol):
    """What all replicas together have let through."""

    async def draw(self, used: Mapping[Key, float]) -> Mapping[Key, float]:
        """Add these seconds to what each has used; for how many seconds each has now used."""

    async def forget(self) -> None:
        """Delete what has been given back."""


class Limiter:
    """Gives out permits. Without `shared`, or until `run` has reached it, a replica gives its own share only."""

    def __init__(self, quotas: AllQuotas, shared: SharedQuotas | None = None) -> None:
        self._quotas, self._shared = quotas, shared
        self._policies: dict[tuple[str, Kind], Policy] = {}
        self._allowances: OrderedDict[Key, Allowance] = OrderedDict()
        self._changed: set[Key] = set()
        self._working = False
        self._hurry: asyncio.Event | None = None
        self._round: asyncio.Future[None] | None = None

    @property
    def working(self) -> bool:
        """Whether the replicas' accounts are kept together."""
        return self._working

    async def take(self, client: str, sort: str, kind: Kind) -> Verdict:
        """One permit of this client's quota, or why there is none."""
        policy = self._policies.get((sort, kind)) or self._policy(sort, kind)
        key = (client, policy.name)
        allowance = self._allowances.get(key)
        if allowance is None or allowance.policy is not policy:
            allowance = self._begin(key, policy)
        together_now = self._working
        if together_now and allowance.unshared >= policy.lease:
            together_now = await self._catch_up(allowance)
        verdict = allowance.take(time.monotonic(), share=1.0 if together_now else self._quotas.alone)
        if verdict.allowed:
            self._changed.add(key)
            if allowance.unshared * 2 >= policy.lease and self._hurry is not None:
                self._hurry.set()
        else:
            exceeded.labels(sort, kind).inc()
        return verdict

    async def run(self) -> None:
        """Keep the accounts together, for ever; look for the store again while it is away."""
        assert self._shared is not None
        self._hurry, forget_at = asyncio.Event(), time.monotonic() + FORGET_SECONDS
        self._round = asyncio.get_running_loop().create_future()
        while True:
            await self._share(self._shared)
            if time.monotonic() > forget_at:
                await self._forget(self._shared)
                forget_at = time.monotonic() + FORGET_SECONDS
            try:
                # while it is away nobody hurries: each round costs a connection that fails
                async with asyncio.timeout(ROUND_SECONDS):
                    await (self._hurry.wait() if self._working else asyncio.Event().wait())
            except TimeoutError:
                pass
            self._hurry.clear()

    async def _share(self, shared: SharedQuotas) -> None:
        changed, self._changed = self._changed, set()
        given = {key: found.unshared for key in changed if (found := self._allowances.get(key)) and found.unshared}
        used = {key: _seconds(self._allowances[key].policy, permits) for key, permits in given.items()}
        try:
            known = await shared.draw(used) if used or not self._working else {}
        except Exception as error:  # noqa: BLE001 - for now every reason is the same: each replica is on its own
            if self._working:
                log.warning("quotas.alone", error=type(error).__name__)
            self._working = False
            self._changed |= given.keys()
        else:
            self._working = True
            now = time.monotonic()
            for key, seconds in known.items():
                if key in self._allowances:
                    self._allowances[key].told(seconds, now=now, shared=given[key])
        together.set(self._working)
        ended, self._round = self._round, asyncio.get_running_loop().create_future()
        if ended is not None:
            ended.set_result(None)

    async def _catch_up(self, allowance: Allowance) -> bool:
        """Whether the others know enough of what was let through here to let more through."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self._working and allowance.unshared >= allowance.policy.lease:
                    assert self._hurry is not None
                    assert self._round is not None
                    self._hurry.set()
                    await asyncio.shield(self._round)
        except TimeoutError:
            return False
        return self._working

    async def _forget(self, shared: SharedQuotas) -> None:
        now = time.monotonic()
        for key in [key for key, known in self._allowances.items() if known.used_until < now and not known.unshared]:
            del self._allowances[key]
        try:
            await shared.forget()
        except Exception as error:  # noqa: BLE001 - the next round will say that the store is away
            log.info("quotas.not_forgotten", error=type(error).__name__)

    def _policy(self, sort: str, kind: Kind) -> Policy:
        policy = Policy(kind, self._quotas.of(sort, kind), self._quotas.seconds)
        self._policies[sort, kind] = policy
        return policy

    def _begin(self, key: Key, policy: Policy) -> Allowance:
        allowance = self._allowances[key] = Allowance(policy)
        if len(self._allowances) > MOST_REMEMBERED:
            self._allowances.popitem(last=False)
        return allowance


def _seconds(policy: Policy, permits: int) -> float:
    # what was given while the store was away is no debt for longer than a window
    return min(permits, policy.permits) * policy.each
