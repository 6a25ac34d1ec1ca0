"""What the domain asks of an expression language, whichever it is."""

from collections.abc import Mapping
from typing import Any, Protocol


class Guards(Protocol):
    """Expressions over a case's answers, such as `data.fee_paid == true`."""

    def holds(self, expression: str, facts: Mapping[str, Any]) -> bool:
        """Whether the expression is true of the facts; what cannot be evaluated is not true."""
        ...

    def fault(self, expression: str) -> str | None:
        """What is wrong with the expression itself, None where nothing is."""
        ...
