"""Reads one mapping of a bundle key by key: what is missing, wrong or unknown becomes a named fault."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.cases.domain.faults import Faults, pointer

CODE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_:.-]{0,63}")
DEPARTMENT = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
LONGEST = 200
LONGEST_EXPRESSION = 1_000


class Reader:
    """One mapping at one place. A value that is unusable reads as an empty one, and the fault says so."""

    def __init__(self, raw: Any, place: str, faults: Faults, known: Sequence[str]) -> None:
        self.place, self._faults = place, faults
        self.raw: Mapping[Any, Any] = raw if isinstance(raw, Mapping) else {}
        if not isinstance(raw, Mapping):
            faults.add(place, "must be a mapping of names to values")
        for key in self.raw:
            if key not in known:
                self.fault(str(key)[:LONGEST], f"is not known here; known are {', '.join(known)}")

    def fault(self, key: str, detail: str) -> None:
        """Something is wrong with the value under `key`."""
        self._faults.add(self.place + pointer(key), detail)

    def code(self, key: str, default: str | None = None) -> str:
        """A stable lower-case word."""
        return self._matching(key, default, CODE, "a lower-case word of letters, digits, _ and -, at most 64 long")

    def name(self, key: str) -> str:
        """The name of an answer."""
        return self._matching(key, None, NAME, "a name of letters, digits, _ : . and -, at most 64 long")

    def department(self, key: str) -> str | None:
        """A place in the tree of departments, or none."""
        if key not in self.raw:
            return None
        return self._matching(key, None, DEPARTMENT, "a department such as city.permits")[:100] or None

    def text(self, key: str, default: str | None = None, longest: int = LONGEST) -> str:
        """One line for people."""
        value = self.raw.get(key, default)
        if not isinstance(value, str) or (not value.strip() and default is None) or len(value) > longest:
            self.fault(key, f"must be text of 1 to {longest} characters")
            return ""
        if UNPRINTABLE.search(value):
            self.fault(key, "must not contain control characters")
            return ""
        return value

    def optional_code(self, key: str) -> str | None:
        """A stable word, or none."""
        return self.code(key) or None if self.raw.get(key) is not None else None

    def expression(self, key: str) -> str | None:
        """An expression over the answers, or none."""
        return self.text(key, longest=LONGEST_EXPRESSION) or None if self.raw.get(key) is not None else None

    def flag(self, key: str) -> bool:
        """Yes or no; no where absent."""
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            self.fault(key, "must be true or false")
            return False
        return value

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.raw.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(key, f"must be a whole number from {least} to {most}")
            return least
        return value

    def items(self, key: str, most: int) -> list[Any]:
        """A list, empty where absent."""
        value = self.raw.get(key, [])
        if not isinstance(value, list):
            self.fault(key, "must be a list")
            return []
        if len(value) > most:
            self.fault(key, f"has {len(value)} items, more than the {most} that are allowed")
        return value[:most]

    def codes(self, key: str, most: int = 200) -> tuple[str, ...]:
        """A list of stable words."""
        found = []
        for position, value in enumerate(self.items(key, most)):
            if isinstance(value, str) and CODE.fullmatch(value):
                found.append(value)
            else:
                self._faults.add(self.place + pointer(key, position), "must be a lower-case word")
        return tuple(found)

    def mapping(self, key: str, known: Sequence[str]) -> "Reader":
        """The mapping under `key`, empty where absent."""
        return Reader(self.raw.get(key, {}), self.place + pointer(key), self._faults, known)

    def _matching(self, key: str, default: str | None, pattern: re.Pattern[str], wanted: str) -> str:
        value = self.raw.get(key, default)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self.fault(key, f"must be {wanted}" if key in self.raw else f"is missing: {wanted}")
            return ""
        return value
