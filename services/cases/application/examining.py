"""From a bundle's text to its rules, or to every fault in it."""

from services.cases.application.ports import Rulebook
from services.cases.domain.bundle import Bundle
from services.cases.domain.errors import BundleFaulty
from services.cases.domain.faults import Faults
from services.cases.domain.linting import lint
from services.cases.domain.reading import read


def examine(text: str, rulebook: Rulebook) -> Bundle:
    """The rules that `text` lays down; raises BundleFaulty naming every fault."""
    faults = Faults()
    raw = rulebook.documents.read(text, faults)
    if not faults:
        bundle = read(raw, faults)
        if not faults:
            lint(bundle, faults, guards=rulebook.guards, schemas=rulebook.schemas, calendars=rulebook.calendars)
    if faults:
        raise BundleFaulty(errors=[fault | {"pointer": f"/bundle{fault['pointer']}"} for fault in faults.found])
    return bundle
