"""Every word of the published language: what documents are written from, and tests hold to its rules."""

import importlib
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from shared.contracts.base import Event, Message, Request, View
from shared.events.topology import SERVICES


def requests() -> list[type[Request[Any]]]:
    """Every RPC."""
    return [c for module in _modules("rpc") for c in _classes(module) if issubclass(c, Request)]


def views() -> list[type[BaseModel]]:
    """Every answer, and every part of one that has a name."""
    return [c for module in _modules("rpc") for c in _classes(module) if issubclass(c, View)]


def parts() -> list[type[BaseModel]]:
    """What requests are built from."""
    return [
        c
        for module in _modules("rpc")
        for c in _classes(module)
        if issubclass(c, Message) and not issubclass(c, Request)
    ]


def events() -> list[type[Event]]:
    """Every published fact."""
    return [c for module in _modules("events") for c in _classes(module) if issubclass(c, Event)]


def _modules(name: str) -> Iterator[Any]:
    for service in SERVICES:
        yield importlib.import_module(f"shared.contracts.{service}.{name}")


def _classes(module: Any) -> list[type[BaseModel]]:
    found = [thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, BaseModel)]
    # a crowded contract keeps its nouns in files beside it; pydantic leaves its own `Page[CaseView]` among the names
    beside = module.__name__.rpartition(".")[0]
    return [c for c in found if c.__module__.rpartition(".")[0] == beside and "[" not in c.__name__]
