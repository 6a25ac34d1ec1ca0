"""The tools with which this service examines bundles and forms."""

from functools import cache

from services.cases.adapters.calendars import HolidayCalendars
from services.cases.adapters.json_schemas import JsonSchemas
from services.cases.adapters.yaml_documents import YamlDocuments
from services.cases.adapters.zen_guards import ZenGuards
from services.cases.application.ports import Rulebook


@cache
def standard_rulebook() -> Rulebook:
    """YAML, zen expressions, JSON Schema 2020-12, the world's holidays."""
    return Rulebook(YamlDocuments(), ZenGuards(), JsonSchemas(), HolidayCalendars())
