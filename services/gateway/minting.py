"""Transaction tokens for those who call, signed anew after a while rather than for every request: signing is dear."""

import time
from collections import OrderedDict
from typing import Final

from shared.authz.token import LIFETIME_SECONDS, Signer
from shared.contracts.actor import Actor

REUSED_SECONDS: Final = LIFETIME_SECONDS / 3
"""So that a token always has most of its life before it when it is sent."""
MOST_REMEMBERED: Final = 10_000


class Mint:
    """Gives out tokens as the gateway."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._given: OrderedDict[tuple[Actor, str], tuple[float, str]] = OrderedDict()

    def token(self, actor: Actor, operation: str) -> str:
        """A token that says exactly who asks for what and why, with two thirds of its life left or more."""
        asked = (actor, operation)
        until, token = self._given.get(asked, (0.0, ""))
        if time.monotonic() < until:
            return token
        until, token = time.monotonic() + REUSED_SECONDS, self._signer.sign(actor, operation=operation)
        self._given[asked] = (until, token)
        self._given.move_to_end(asked)
        if len(self._given) > MOST_REMEMBERED:
            self._given.popitem(last=False)
        return token
