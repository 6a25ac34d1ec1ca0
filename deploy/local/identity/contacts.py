"""Which contact a made-up citizen is: a small map that whoever imports the sample people leaves beside the keys."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog

log = structlog.get_logger("identity")


@dataclass(frozen=True, slots=True)
class Contacts:
    """Reads the map at every sign-in, so that nobody has to restart anything after an import."""

    path: Path

    def of(self, person: str) -> str | None:
        """The id of the contact that this person is; None where nobody has said it, or not well."""
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
            found = known.get(person)
            return None if found is None else str(UUID(found))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, AttributeError, TypeError) as error:
            log.warning("contacts_unreadable", error=type(error).__name__)
            return None


def write_contacts(path: Path, contacts: dict[str, str]) -> None:
    """From the next sign-in on, these people are these contacts."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(contacts, indent=2, sort_keys=True), encoding="utf-8")
    draft.replace(path)
