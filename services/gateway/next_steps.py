"""What somebody new to this suite should try next, by what they may do: the first few that are open to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from services.gateway.route import Route
from shared.contracts.actor import Actor, Kind

MOST: Final = 5
_FOR_ALL: Final = (
    ("find_contacts", "Find somebody by name, address or reference"),
    ("register_contact", "Register somebody who is not known yet"),
    ("list_cases", "See the cases that you may see"),
    ("open_case", "Open a case"),
    ("list_case_types", "See what cases there can be"),
    ("list_messages", "See who was written to, and whether it arrived"),
    ("add_case_type", "Add a case type"),
    ("list_templates", "See the letters that are sent"),
    ("find_entries", "Look up what happened, in the log"),
    ("get_checkpoint", "Prove that the log is whole"),
    ("list_staff", "See who works here"),
    ("follow_events", "Hear of changes as they happen"),
    ("create_upload", "Send a file"),
    ("describe_api", "Read the API as you may use it"),
)
_FOR_CITIZENS: Final = (
    ("list_cases", "See where your cases stand"),
    ("get_contact", "See what is known about you"),
    ("open_case", "Apply for something"),
    ("list_messages", "Read what was written to you"),
    ("create_upload", "Send a document"),
    ("follow_events", "Hear of changes as they happen"),
    ("describe_api", "Read the API as you may use it"),
)
_FIRST_FOR: Final[dict[str, tuple[str, ...]]] = {
    "team_lead": ("list_cases", "list_messages", "list_staff"),
    "decision_maker": ("list_cases",),
    "case_designer": ("list_case_types", "add_case_type"),
    "knowledge_editor": ("list_templates",),
    "campaign_officer": ("list_templates", "list_messages"),
    "auditor": ("find_entries", "get_checkpoint"),
    "privacy_officer": ("find_entries",),
    "security_officer": ("find_entries", "list_staff"),
    "administrator": ("list_staff",),
    "caseworker": ("list_cases",),
}


@dataclass(frozen=True)
class Step:
    """One of them."""

    title: str
    route: Route


def next_steps(actor: Actor, routes: Sequence[Route]) -> Iterable[Step]:
    """The first few of those that these routes allow: what the actor's roles are for comes first."""
    by_operation = {route.operation: route for route in routes}
    offered = dict(_FOR_CITIZENS if actor.kind is Kind.CITIZEN else _FOR_ALL)
    foremost = [name for role in actor.roles for name in _FIRST_FOR.get(role, ()) if name in offered]
    ordered = dict.fromkeys([*foremost, *offered])
    return islice((Step(offered[name], by_operation[name]) for name in ordered if name in by_operation), MOST)
