"""Bundles for tests: the two of this repository, and small ones to break."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.cases.adapters.rulebook import standard_rulebook
from services.cases.application.examining import examine
from services.cases.domain.bundle import Bundle
from services.cases.domain.errors import BundleFaulty

BUNDLES = Path(__file__).parents[2] / "services" / "cases" / "bundles"
SMALL: Mapping[str, Any] = {
    "key": "parking",
    "title": "Parking permit",
    "states": [
        {"key": "asked", "title": "Asked"},
        {"key": "checked", "title": "Checked"},
        {"key": "given", "title": "Given", "final": True},
    ],
    "events": [
        {"key": "check", "title": "Check", "from": ["asked"], "to": "checked", "roles": ["caseworker"]},
        {
            "key": "give",
            "title": "Give",
            "from": ["checked"],
            "to": "given",
            "roles": ["decision_maker"],
            "outcome": "given",
        },
    ],
    "schema": {"type": "object", "properties": {"plate": {"type": "string"}, "zone": {"type": "integer"}}},
    "form": [{"name": "plate", "mode": "optional"}],
}


def bundle_of(raw: Mapping[str, Any]) -> Bundle:
    """The rules of a bundle written as plain mappings."""
    return examine(yaml.safe_dump(dict(raw), allow_unicode=True), standard_rulebook())


def stored(name: str) -> Bundle:
    """The rules of a bundle of this repository."""
    return examine((BUNDLES / f"{name}.yaml").read_text(), standard_rulebook())


def faults_of(raw: Mapping[str, Any] | str) -> list[str]:
    """Everything that is wrong with a bundle, as `place: detail`."""
    text = raw if isinstance(raw, str) else yaml.safe_dump(dict(raw), allow_unicode=True)
    try:
        examine(text, standard_rulebook())
    except BundleFaulty as error:
        return [f"{fault['pointer']}: {fault['detail']}" for fault in error.details["errors"]]
    return []
