"""Finds what serves an address without trying one route after another: there are many, and each request asks."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, Final

from starlette.convertors import Convertor, PathConvertor
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

Shape = tuple[int, str]
FIRST: Final = 2
"""The segment that tells most: after the version."""


@dataclass(frozen=True)
class _Shaped:
    """An address with parameters in it."""

    pattern: Pattern[str]
    convertors: Mapping[str, Convertor[Any]]
    app: ASGIApp


class Addresses:
    """Serves what is at an address; what it does not know it leaves to the next.

    A plain address goes before one with parameters, so that /search is no id.
    """

    def __init__(self, app: ASGIApp, *, known: Mapping[str, ASGIApp]) -> None:
        self._next = app
        self._plain: dict[str, ASGIApp] = {}
        self._shaped: defaultdict[Shape, list[_Shaped]] = defaultdict(list)
        for path, serves in known.items():
            pattern, _, convertors = compile_path(path)
            if not convertors:
                self._plain[path] = serves
                continue
            shape = _shape(path)
            assert "{" not in shape[1], f"{path} begins with a parameter"
            assert not any(isinstance(found, PathConvertor) for found in convertors.values()), (
                f"{path} has no one shape"
            )
            self._shaped[shape].append(_Shaped(pattern, convertors, serves))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, to whoever is there."""
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        path = scope["path"]
        plain = self._plain.get(path)
        if plain is not None:
            scope["path_params"] = {}
            await plain(scope, receive, send)
            return
        for shaped in self._shaped.get(_shape(path), ()):
            if found := shaped.pattern.fullmatch(path):
                scope["path_params"] = {
                    name: shaped.convertors[name].convert(value) for name, value in found.groupdict().items()
                }
                await shaped.app(scope, receive, send)
                return
        await self._next(scope, receive, send)


def _shape(path: str) -> Shape:
    segments = path.split("/")
    return len(segments), segments[FIRST] if len(segments) > FIRST else ""
