"""What a client is told of its quota: draft-ietf-httpapi-ratelimit-headers-10, in every answer."""

from functools import lru_cache

from services.gateway.edge.problem import Problem
from services.gateway.limits.allowance import Policy, Verdict

Header = tuple[bytes, bytes]


def headers_of(verdict: Verdict) -> tuple[Header, ...]:
    """The policy, and what is left of it."""
    name = verdict.policy.name
    return (
        _policy(verdict.policy),
        (b"ratelimit", b'"%b";r=%d;t=%d' % (name.encode(), verdict.remaining, verdict.reset)),
    )


def refusal(verdict: Verdict) -> Problem:
    """The quota is used up."""
    policy = verdict.policy
    return Problem(
        "too_many",
        f"The quota {policy.name} of {policy.permits} requests in {policy.seconds} seconds is used up: "
        f"try again in {verdict.retry_after} seconds.",
        "quota_exceeded",
        members={"violated-policies": [policy.name]},
        headers=((b"retry-after", str(verdict.retry_after).encode()),),
    )


@lru_cache(maxsize=256)
def _policy(policy: Policy) -> Header:
    return b"ratelimit-policy", f'"{policy.name}";q={policy.permits};w={policy.seconds}'.encode()
