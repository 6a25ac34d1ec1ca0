"""Guards as expressions of the zen rules engine."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog
import zen

log = structlog.get_logger()
ROOM = 2_000


class ZenGuards:
    """Compiled once, true only where they evaluate to true."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[str, Any] = OrderedDict()

    def holds(self, expression: str, facts: Mapping[str, Any]) -> bool:
        try:
            return self._expression(expression).evaluate(dict(facts)) is True
        except Exception as error:  # noqa: BLE001 - the engine raises bare exceptions; what cannot be evaluated is not true
            log.info("guard.unevaluated", expression=expression, error=type(error).__name__)
            return False

    def fault(self, expression: str) -> str | None:
        found = zen.validate_expression(expression)
        return None if found is None else f"cannot be read as an expression: {found['source']}"

    def _expression(self, expression: str) -> Any:
        found = self._compiled.get(expression)
        if found is None:
            found = self._compiled[expression] = zen.compile_expression(expression)
            while len(self._compiled) > ROOM:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(expression)
        return found
