"""Through whose messages the store should look for somebody. The policy decides on each one all the same."""

from shared.contracts.actor import Actor, Kind

SUITE_WIDE = {"auditor", "administrator", "privacy_officer"}
"""Roles that oversee every department."""


def departments_of(actor: Actor) -> list[str] | None:
    """The departments whose messages this actor may look at; None for all."""
    if actor.kind is Kind.CITIZEN or "privacy_officer" in actor.roles:
        return None
    return [actor.department]


def departments_counted_by(actor: Actor) -> list[str] | None:
    """The departments whose messages this actor may count; None for all."""
    return None if SUITE_WIDE.intersection(actor.roles) else [actor.department]
