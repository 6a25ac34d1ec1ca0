"""Reads an event log as a stream: gzip or not, any size, hostile or not; a broken trace costs only itself."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from tellus.xes.log import Happening, Trace, Unreadable, Value
from tellus.xes.values import moment, value_of

BLOCK = 65_536
GZIP = b"\x1f\x8b"
DEEPEST = 64
MOST_EVENTS = 100_000
MOST_ATTRIBUTES = 150
LONGEST_NAME = 200
LONGEST_KEY = 64
LONGEST_ELEMENT = 4_194_304
ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id"})
NAME, RESOURCE, TIME = "concept:name", "org:resource", "time:timestamp"


class _Broken(Exception):
    """This trace cannot be read."""


class _Hostile(Exception):
    """Nothing more can be read."""


class _Collector(ContentHandler):
    """Turns elements into traces."""

    def __init__(self, here: Callable[[], int | None]) -> None:
        super().__init__()
        self.found: list[Trace | Unreadable] = []
        self.elements = 0
        self._here: Callable[[], int] = lambda: here() or 0
        self._names: dict[str, int] = {}
        self._stack: list[str] = []
        self._about: dict[str, Value] = {}
        self._event: dict[str, Value] = {}
        self._happenings: list[Happening] = []
        self._broken: Unreadable | None = None
        self._line = self._event_line = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the interface of xml.sax
        element = name.rpartition(":")[2]
        self._stack.append(element)
        self.elements += 1
        if len(self._stack) > DEEPEST:
            raise _Hostile(f"is nested more than {DEEPEST} deep")
        if element == "trace" and self._inside("log"):
            self._forget()
            self._line = self._here()
        elif element == "event" and self._inside("trace"):
            self._event, self._event_line = {}, self._here()
        elif element in ATTRIBUTES and self._broken is None:
            try:
                self._attribute(element, attrs.get("key"), attrs.get("value"))
            except _Broken as error:
                self._break(str(error))

    def endElement(self, name: str) -> None:  # noqa: N802 - the interface of xml.sax
        del name
        element = self._stack.pop()
        try:
            if element == "event" and self._stack[-1:] == ["trace"] and self._broken is None:
                self._happened()
            elif element == "trace" and self._stack[-1:] == ["log"]:
                self._finish()
        except _Broken as error:
            self._break(str(error))
            if element == "trace":
                self._finish()

    def _attribute(self, kind: str, key: str | None, text: str | None) -> None:
        parent = self._stack[-2] if len(self._stack) > 1 else ""
        if parent not in ("trace", "event") or (parent == "trace" and not self._inside_trace(2)):
            return
        if not key or text is None:
            raise _Broken(f"a <{kind}> without a key or a value")
        if len(key) > LONGEST_KEY:
            raise _Broken(f"a key of more than {LONGEST_KEY} characters")
        target = self._about if parent == "trace" else self._event
        if len(target) >= MOST_ATTRIBUTES:
            raise _Broken(f"more than {MOST_ATTRIBUTES} attributes on one {parent}")
        try:
            target[key] = text if key in (NAME, RESOURCE, TIME) else value_of(kind, text)
        except ValueError as error:
            raise _Broken(f"{key} {error}") from error

    def _happened(self) -> None:
        if len(self._happenings) >= MOST_EVENTS:
            raise _Broken(f"more than {MOST_EVENTS} events in one trace")
        if TIME not in self._event:
            raise _Broken(f"an event without {TIME}")
        try:
            at = moment(str(self._event[TIME]))
        except ValueError as error:
            raise _Broken(f"{TIME} {error}") from error
        resource = _line(self._event, RESOURCE) if str(self._event.get(RESOURCE, "")).strip() else None
        self._happenings.append(Happening(_line(self._event, NAME), at, resource, self._event_line))

    def _finish(self) -> None:
        if self._broken is not None:
            self.found.append(self._broken)
            self._broken = None
            return
        name = _line(self._about, NAME)
        if name in self._names:
            raise _Broken(f"is called like the trace on line {self._names[name]}")
        self._names[name] = self._line
        about = {key: value for key, value in self._about.items() if key != NAME}
        self.found.append(Trace(name, tuple(self._happenings), about, self._line))

    def _break(self, reason: str) -> None:
        self._broken = Unreadable(self._here(), reason)

    def _forget(self) -> None:
        self._about, self._happenings, self._broken = {}, [], None

    def _inside(self, parent: str) -> bool:
        return self._stack[-2:-1] == [parent]

    def _inside_trace(self, depth: int) -> bool:
        return self._stack[-depth - 1 : -depth] == ["log"]


def read(path: Path) -> Iterator[Trace | Unreadable]:
    """The traces of a log, in its order, each as soon as it is complete."""
    parser = DefusedExpatParser(forbid_dtd=True)
    collector = _Collector(parser.getLineNumber)
    parser.setContentHandler(collector)
    try:
        with _opened(path) as file:
            for _ in _fed(file, parser, collector):
                yield from _taken(collector)
        parser.close()
    except SAXParseException as error:
        reason = f"is not well-formed: {error.getMessage()}"
    except DefusedXmlException as error:
        reason = f"holds what no log needs: {type(error).__name__}"
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = f"the compressed file is damaged: {error}"
    except _Hostile as error:
        reason = str(error)
    else:
        reason = ""
    yield from _taken(collector)
    if reason:
        yield Unreadable(parser.getLineNumber() or 0, reason, rest=True)


def _fed(file: IO[bytes], parser: DefusedExpatParser, collector: _Collector) -> Iterator[None]:
    parser.feed(b"")  # so that close() misses the log in an empty file too
    seen = silent = 0
    while block := file.read(BLOCK):
        parser.feed(block)
        yield
        silent = silent + len(block) if collector.elements == seen else 0
        seen = collector.elements
        if silent > LONGEST_ELEMENT:
            raise _Hostile(f"has an element of more than {LONGEST_ELEMENT} bytes")


def _taken(collector: _Collector) -> Iterator[Trace | Unreadable]:
    found, collector.found = collector.found, []
    yield from found


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as plain:
        packed = plain.read(2) == GZIP
        plain.seek(0)
        if packed:
            with gzip.open(plain) as file:
                yield file  # type: ignore[misc]
        else:
            yield plain


def _line(attributes: dict[str, Value], key: str) -> str:
    if key not in attributes:
        raise _Broken(f"nothing has the key {key} here")
    text = str(attributes[key]).strip()
    if not 1 <= len(text) <= LONGEST_NAME or any(ord(character) < ord(" ") for character in text):
        raise _Broken(f"{key} must be one line of 1 to {LONGEST_NAME} characters")
    return text
