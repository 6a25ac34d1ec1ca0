"""Writes an event log as a stream, whole or not at all."""

import gzip
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from tellus.xes.log import Trace

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <classifier name="Activity" keys="concept:name"/>
"""
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""


class Writer:
    """Takes one trace after another."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, trace: Trace) -> None:
        """The trace follows those before it."""
        lines = ["  <trace>", f"    {_string('concept:name', trace.name)}"]
        for happening in trace.happenings:
            lines.append("    <event>")
            lines.append(f"      {_string('concept:name', happening.activity)}")
            if happening.resource is not None:
                lines.append(f"      {_string('org:resource', happening.resource)}")
            lines.append(f'      <date key="time:timestamp" value="{_instant(happening.at)}"/>')
            lines.append("    </event>")
        lines.append("  </trace>\n")
        self._file.write("\n".join(lines).encode())


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A writer of a new file, which appears under its name only when all of it is there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with gzip.open(unfinished, "wb") if path.suffix == ".gz" else unfinished.open("wb") as file:
            file.write(HEAD.encode())
            yield Writer(file)  # type: ignore[arg-type]
            file.write(b"</log>\n")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _string(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(FORBIDDEN.sub('�', value))}/>"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
