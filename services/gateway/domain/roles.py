"""Which roles there are to give, and who may give and take back which: nobody gives what is above their authority."""

from collections.abc import Set as AbstractSet
from typing import Final, Literal

Kind = Literal["standard", "specific", "challenged", "excluded"]
ROLES: Final = frozenset(
    (
        "agent",
        "caseworker",
        "team_lead",
        "decision_maker",
        "case_designer",
        "knowledge_editor",
        "campaign_officer",
        "records_officer",
        "privacy_officer",
        "security_officer",
        "auditor",
        "administrator",
        "migration",
    )
)
GUARDED: Final = frozenset(("administrator", "auditor", "privacy_officer", "security_officer"))
"""They watch over others, so that those whom they watch over do not give them out: security officers do."""
LED: Final = frozenset(("agent", "caseworker", "decision_maker"))
"""What whoever leads a team may give for one case or contact."""
IN_EMERGENCIES: Final = frozenset(("agent", "caseworker", "team_lead", "decision_maker"))
"""What somebody may take for themselves for a short time."""
KEEPING_OUT: Final = frozenset(("administrator", "privacy_officer", "security_officer", "team_lead"))
LETTING_IN_AGAIN: Final = frozenset(("privacy_officer", "security_officer", "team_lead"))


def may_give(held: AbstractSet[str], kind: Kind, role: str | None) -> bool:
    """Whether somebody who holds these roles may give this one to somebody else."""
    if kind == "excluded":
        return bool(held & KEEPING_OUT)
    if kind == "challenged" or role is None:
        return False  # taken in an emergency, never given
    if role in GUARDED:
        return "security_officer" in held
    return "administrator" in held or (kind == "specific" and "team_lead" in held and role in LED)


def may_take_back(held: AbstractSet[str], kind: Kind, role: str | None) -> bool:
    """Whether somebody who holds these roles may end somebody else's."""
    if kind in ("excluded", "challenged"):
        return bool(held & LETTING_IN_AGAIN)
    return may_give(held, kind, role) or "security_officer" in held
