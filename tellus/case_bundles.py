"""The activities of a log as the events of a case type, and back: an event's title is the activity's own name."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import yaml

LONGEST = 64


class BundleUnreadable(Exception):
    """This is no bundle."""


def codes_of(text: str) -> tuple[str, Mapping[str, str]]:
    """A bundle's key, and the code of each activity by its name."""
    try:
        bundle = yaml.safe_load(text)
        return str(bundle["key"]), {str(event["title"]): str(event["key"]) for event in bundle["events"]}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise BundleUnreadable(f"This is no bundle: {error}") from error


def code_for(activity: str, taken: Iterable[str] = ()) -> str:
    """A code for an activity that no other has."""
    plain = re.sub(r"[^a-z0-9]+", "-", activity.lower()).strip("-")
    code = plain if plain[:1].isalpha() else f"a-{plain}".rstrip("-")
    if len(code) <= LONGEST and code not in taken and code != "opened":
        return code
    return f"{code[: LONGEST - 9]}-{sha256(activity.encode()).hexdigest()[:8]}"


def bundle_for(activities: Iterable[str], *, key: str, title: str, department: str | None = None) -> str:
    """A permissive bundle that takes in every one of these activities, in any order."""
    codes: dict[str, str] = {}
    for activity in activities:
        codes[activity] = code_for(activity, codes.values())
    bundle: dict[str, Any] = {"key": key, "title": title}
    if department:
        bundle["department"] = department
    bundle |= {
        "permissive": True,
        "opened_by": ["migration"],
        "states": [{"key": "received", "title": "Received"}],
        "events": [{"key": code, "title": activity, "to": "received"} for activity, code in codes.items()],
    }
    return yaml.safe_dump(bundle, sort_keys=False, allow_unicode=True, width=120)
