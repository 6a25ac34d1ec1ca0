"""One row of the table of routes: everything that tells one route from another, checked before the first request."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from services.gateway.edge.deprecation import Deprecated
from services.gateway.personal import FIELDS, item_of
from shared.authz.sources import actions_of
from shared.contracts.actor import Actor
from shared.contracts.base import Request, View
from shared.contracts.paging import Page
from shared.contracts.purposes import REGISTRY

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
PARAMETER: Final = re.compile(r"{([a-z_]+):([a-z]+)}")


class RouteIncomplete(Exception):
    """A route lacks something that no route may lack; the process does not start."""


@dataclass(frozen=True)
class Subjects:
    """Whose data an answer holds: fields of each item of the answer, or one of the request's own."""

    fields: tuple[str, ...] = ()
    asked: str | None = None


def of_reply(*fields: str) -> Subjects:
    """The ids that stand in these fields of each item."""
    return Subjects(fields=fields)


def of_request(field: str) -> Subjects:
    """The id that was asked for."""
    return Subjects(asked=field)


@dataclass(frozen=True, kw_only=True, eq=False)
class Route:
    """A method and a path, and the RPC behind them. The operation is the RPC's name, and the policies' action."""

    method: Method
    path: str
    """Parameters as {name:convertor}; the names are fields of the request."""
    request: type[Request[Any]]
    purpose: str
    """Why it is asked for, where the caller does not say."""
    status: int = 200
    subjects: Subjects | None = None
    if_match: bool = False
    """Whether the caller must say which version they saw."""
    etag: bool = False
    location: str | None = None
    """Where what was made can be found, with fields of the answer in it."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """A request body, for the documentation; checked against the contract."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """An answer, or one item of a page; likewise."""
    answered_here: Callable[[Actor, Sequence["Route"]], Mapping[str, Any]] | None = None
    """The gateway's own answer to this actor, of all these routes, where no other service is asked."""
    speaks: str | None = None
    """Who serves it, by name in `Tools.speakers`, where the answer or the body is a stream and no JSON."""
    raw_body: bool = False
    """Whether the body is left to the one who speaks."""
    foreign: bool = False
    """Whether it is written in another protocol's words: query, body and headers are left to the one who speaks."""
    body_types: tuple[str, ...] = ()
    """Of such a body, for the documentation."""
    answer_type: str | None = None
    """Of an answer that is no JSON, likewise."""
    more_answers: Mapping[int, str] = field(default_factory=dict)
    """Other statuses with which the one who speaks may answer well, and when; likewise."""
    more_problems: tuple[str, ...] = ()
    """Problems that may come up beside those that every route has; likewise."""
    more_headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that mean something to the one who speaks, and what; likewise."""
    kept: bool = False
    """Whether whoever asked may keep the answer, and ask each time whether it still holds; it is about nobody."""
    deprecated: Deprecated | None = None
    """Where it will go: since when, until when, and what to use instead."""
    deprecated_fields: Mapping[str, Deprecated] = field(default_factory=dict)
    """Fields of the answer that will go."""

    @property
    def operation(self) -> str:
        """The one name from route to table."""
        return self.request.method

    @property
    def service(self) -> str:
        """Who answers, and whose policies decide."""
        return self.request.service

    @property
    def takes_key(self) -> bool:
        """Whether it makes or does something that must not happen twice."""
        return self.method == "POST" and self.request.writes and not self.foreign

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        """The fields of the request that stand in the path."""
        return tuple(name for name, _ in PARAMETER.findall(self.path))

    @cached_property
    def sent(self) -> Mapping[str, FieldInfo]:
        """The fields of the request that come in the body, or, for a GET, in the query string."""
        elsewhere = {*self.path_parameters, *(("version",) if self.if_match else ())}
        return {name: info for name, info in self.request.model_fields.items() if name not in elsewhere}

    @cached_property
    def moments(self) -> frozenset[str]:
        """The fields that hold a date and time."""
        return frozenset(
            name for name, info in self.sent.items() if AwareDatetime in (info.annotation, *get_args(info.annotation))
        )

    @cached_property
    def item(self) -> type[View]:
        """The view that is answered, or that a page is a page of."""
        return item_of(self.request.reply)

    @cached_property
    def is_page(self) -> bool:
        """Whether the answer is a page of items."""
        return issubclass(self.request.reply, Page)

    @cached_property
    def sparse(self) -> bool:
        """Whether a caller may name the fields they want to see."""
        return not self.request.writes and self.speaks is None

    def deprecations_in(self, items: Iterable[Mapping[str, Any]]) -> Iterable[Deprecated]:
        """What of an answer with these items will go."""
        if self.deprecated is not None:
            yield self.deprecated
        if self.deprecated_fields:
            yield from (d for name, d in self.deprecated_fields.items() if any(name in item for item in items))

    @cached_property
    def personal(self) -> frozenset[str]:
        """The fields of the answer that are about a person."""
        return FIELDS[self.item]

    def check(self) -> None:
        """Raises RouteIncomplete where the row contradicts its contract, its policies or the rules for all routes."""
        for wrong, complaint in self._complaints():
            if wrong:
                raise RouteIncomplete(f"{self.method} {self.path} ({self.operation}): {complaint}")

    def _complaints(self) -> Iterable[tuple[bool, str]]:
        fields = self.request.model_fields
        yield self.operation not in actions_of(self.service), f"the policies of {self.service} know no such action"
        yield bool(set(self.path_parameters) - set(fields)), "a path parameter is no field of the request"
        yield self.purpose not in REGISTRY, f"{self.purpose} is no purpose of shared/contracts/purposes.py"
        yield self.item not in FIELDS, f"{self.item.__name__} is not listed in services/gateway/personal.py"
        yield bool(FIELDS.get(self.item)) and self.subjects is None, "the answer is personal: say whose data it is"
        yield self.method == "GET" and self.request.writes, "a GET changes nothing"
        yield self.method == "PATCH" and not (self.if_match or self.raw_body), "a change says which version was seen"
        yield self.if_match and "version" not in fields, "the request takes no version"
        yield self.etag and "version" not in self.item.model_fields, "the answer has no version"
        yield self.answered_here is not None and self.service != "gateway", "only the gateway's own is answered here"
        yield self.raw_body and self.speaks is None, "somebody must read the body"
        yield self.foreign and not self.raw_body, "another protocol's words are read by the one who speaks"
        yield self.raw_body and not self.body_types, "say what the body may be"
        yield self.kept and (self.method != "GET" or bool(FIELDS.get(self.item))), "nobody keeps what is personal"
        yield bool(set(self.deprecated_fields) - set(self.item.model_fields)), "a deprecated field is no field of it"
        yield self.sparse and "fields" in self.sent, "the request has a field of the name that chooses fields"
        if self.subjects is not None:
            yield bool(set(self.subjects.fields) - set(self.item.model_fields)), "a subject is no field of the answer"
            yield self.subjects.asked is not None and self.subjects.asked not in fields, "no such field was asked for"
