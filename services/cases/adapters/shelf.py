"""Bundles that were read before: a version never changes, so its rules are read once per process."""

from collections import OrderedDict
from collections.abc import Callable

from services.cases.application.examining import examine
from services.cases.application.ports import Rulebook
from services.cases.domain.bundle import Bundle

ROOM = 256


class Shelf:
    """The rules behind each digest, the least recently used given up first."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._bundles: OrderedDict[str, Bundle] = OrderedDict()

    def bundle(self, digest: str, text: Callable[[], str]) -> Bundle:
        """The rules of a bundle; its text is only fetched where they are not here yet."""
        found = self._bundles.get(digest)
        if found is None:
            found = examine(text(), self._rulebook)
            self._bundles[digest] = found
            while len(self._bundles) > ROOM:
                self._bundles.popitem(last=False)
        self._bundles.move_to_end(digest)
        return found
