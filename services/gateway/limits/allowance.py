"""What one client may still do: the generic cell rate algorithm, in which a quota is one moment in time."""

import math
from dataclasses import dataclass
from typing import Final

LEASES: Final = 20
"""Into how many leases a quota is divided: a replica is at most one of them ahead of what the others know."""


@dataclass(frozen=True)
class Policy:
    """So many permits, given back evenly within a window."""

    name: str
    permits: int
    seconds: int

    @property
    def each(self) -> float:
        """How many seconds one permit takes to be given back."""
        return self.seconds / self.permits

    @property
    def lease(self) -> int:
        """How many permits a replica may give out before it has told the others."""
        return max(1, self.permits // LEASES)


@dataclass(frozen=True)
class Verdict:
    """Whether a request goes through, and what its client is told."""

    policy: Policy
    allowed: bool
    remaining: int
    reset: int
    """Seconds until all of the quota is there again."""
    retry_after: int = 0


class Allowance:
    """Of one client, under one policy."""

    __slots__ = ("policy", "unshared", "used_until")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.used_until = 0.0
        """When all that was used, here and as far as known elsewhere, will have been given back."""
        self.unshared = 0
        """Permits given out here of which the others do not know yet."""

    def take(self, now: float, *, share: float = 1.0) -> Verdict:
        """One permit, where there is one. With a smaller `share` each costs as much more."""
        policy = self.policy
        begun = max(now, self.used_until)
        after = begun + policy.each / share
        if after - now > policy.seconds + 1e-9:
            wait = math.ceil(after - now - policy.seconds)
            return Verdict(policy, allowed=False, remaining=0, reset=math.ceil(begun - now), retry_after=max(1, wait))
        self.used_until = after
        self.unshared += 1
        left = int((policy.seconds - (after - now)) * share / policy.each + 1e-9)
        return Verdict(policy, allowed=True, remaining=left, reset=math.ceil(after - now))

    def told(self, used_seconds: float, *, now: float, shared: int) -> None:
        """The others know of `shared` more permits, and all together have used so many seconds."""
        self.unshared = max(0, self.unshared - shared)
        self.used_until = now + used_seconds + self.unshared * self.policy.each
