"""What the cases service can do: one module, one use case, one transaction."""

from services.cases.application.activate_case_type import activate_case_type
from services.cases.application.add_case_type import add_case_type
from services.cases.application.get_case import get_case
from services.cases.application.get_case_type import get_case_type
from services.cases.application.list_case_events import list_case_events
from services.cases.application.list_case_types import list_case_types
from services.cases.application.list_cases import list_cases
from services.cases.application.open_case import open_case
from services.cases.application.see_cases import see_cases
from services.cases.application.take_case_event import take_case_event

__all__ = [
    "activate_case_type",
    "add_case_type",
    "get_case",
    "get_case_type",
    "list_case_events",
    "list_case_types",
    "list_cases",
    "open_case",
    "see_cases",
    "take_case_event",
]
