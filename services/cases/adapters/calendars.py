"""Public holidays of many countries, and the day it is in a timezone."""

from collections.abc import Container
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays


class HolidayCalendars:
    """Calendars named by country and part, as ISO 3166 has them: NL, GB-ENG, DE-BY."""

    def free_days(self, calendar: str, first: date, last: date) -> Container[date]:
        return _days(calendar, first.year, last.year)

    def local_day(self, moment: datetime, timezone: str) -> date:
        return moment.astimezone(ZoneInfo(timezone)).date()

    def fault(self, calendar: str, timezone: str) -> str | None:
        try:
            _days(calendar, 2026, 2026)
        except (NotImplementedError, ValueError):
            return f"{calendar!r} is not a calendar we know: name a country, or a country and a part, such as GB-ENG"
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return f"{timezone!r} is not a timezone we know"
        return None


@lru_cache(maxsize=500)
def _days(calendar: str, first_year: int, last_year: int) -> frozenset[date]:
    country, _, part = calendar.partition("-")
    years = range(first_year, last_year + 1)
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=years))
