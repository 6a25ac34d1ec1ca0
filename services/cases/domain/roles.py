"""The roles that a case type may name: those that work on cases, and those whose cases they are."""

TAKERS = frozenset({"agent", "caseworker", "team_lead", "decision_maker", "migration", "citizen"})
OPENERS = frozenset({"agent", "caseworker", "team_lead", "migration", "citizen"})
DEFAULT_OPENERS = ("agent", "caseworker", "team_lead", "citizen")
