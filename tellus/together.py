"""Clients that work side by side, and end with one error where they end with several."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from deploy.local.identity.flows import NoToken
from tellus.gateway import GaveUp, Refused

KNOWN = (Refused, NoToken, GaveUp, OSError)
"""What a command can tell a person, the most telling first: what was refused says more than what did not answer."""


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """All of it is done; where a part fails the rest is stopped, and a single error is raised: one with known words."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    errors = list(_each(group))
    for kind in KNOWN:
        for error in errors:
            if isinstance(error, kind):
                return error
    return errors[0]


def _each(group: BaseExceptionGroup[BaseException]) -> Iterable[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _each(error)
        else:
            yield error
