"""A template: one version of what we write, in one language. It never changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from services.notifications.domain.errors import Undeliverable
from services.notifications.domain.placeholders import PLACEHOLDER, check, key_of, placeholders_in
from services.notifications.domain.values import plain

TEMPLATES = UUID("0d4b3f2e-55d4-5f0c-8a57-6f2f0f0f7a31")
"""The namespace in which the id of a template, over all its versions, is derived from key and language."""
FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True)
class Text:
    """What is sent: a subject of one line, and plain text."""

    subject: str
    body: str


@dataclass(frozen=True)
class Template:
    """One version."""

    key: str
    language: str
    version: int
    subject: str
    body: str
    created_at: datetime

    @classmethod
    def write(cls, key: str, language: str, version: int, *, subject: str, body: str, at: datetime) -> "Template":
        """A new version; raises PlaceholderInvalid where it asks for what no message knows."""
        check("subject", subject)
        check("body", body)
        return cls(key, language, version, subject, body.replace("\r\n", "\n").replace("\r", "\n"), at)

    @property
    def id(self) -> UUID:
        """What all versions in this language have in common."""
        return id_of(self.key, self.language)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What a message must know to be written with this."""
        return placeholders_in(f"{self.subject}\n{self.body}")

    def digest(self) -> str:
        """SHA-256 of the text: a template holds nothing personal."""
        return sha256(f"{self.subject}\x00{self.body}".encode()).hexdigest()

    def render(self, values: Mapping[str, str | None]) -> Text:
        """The text with each value in its place, as one line of words; raises Undeliverable where one is missing.

        A value is never read as a template: what looks like a placeholder in it stays as it is.
        """
        known = {key: plain(value) for key, value in values.items() if value}
        for key in self.placeholders:
            if not known.get(key):
                raise Undeliverable(f"value_missing.{key}")

        def value(found: re.Match[str]) -> str:
            return known[key_of(found[1])]

        return Text(PLACEHOLDER.sub(value, self.subject), PLACEHOLDER.sub(value, self.body))


def id_of(key: str, language: str) -> UUID:
    """The id of a template, over all its versions."""
    return uuid5(TEMPLATES, f"{key}/{language}")


def languages_for(language: str) -> tuple[str, ...]:
    """In which languages to write to somebody, best first: `cy-GB`, then `cy`, then English."""
    return tuple(dict.fromkeys((language, language.partition("-")[0], FALLBACK_LANGUAGE)))
