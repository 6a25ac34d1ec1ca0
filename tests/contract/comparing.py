"""Whether a reader of one schema understands every message written under another, and if not, what stands between.

Old and new run side by side. A request is written under the old schema and read under the new one. An answer or an
event is written under the new one and read under the old one; and, where it was kept, the other way round.
"""

from dataclasses import dataclass
from typing import Any, Final

LOWER: Final[tuple[str, ...]] = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER: Final[tuple[str, ...]] = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
Schema = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """One schema reads what is written under another."""

    reader: Schema
    writer: Schema
    new_words_are_fine: bool = False
    """An enumeration of the writer may have grown: readers take a word they do not know as a word."""
    every_field_counts: bool = True
    """A field that the reader does not know is a loss; otherwise it is an addition."""

    def misunderstandings(self) -> list[str]:
        """One sentence for each; none when all is understood."""
        return self._read(self.reader, self.writer, "")

    def _read(self, reader: Schema, writer: Schema, at: str) -> list[str]:
        writings, readings = _alternatives(writer, self.writer), _alternatives(reader, self.reader)
        found: list[str] = []
        for writing in writings:
            attempts = [self._read_one(reading, writing, at) for reading in readings]
            if attempts and all(attempts):
                fewest: list[str] = min(attempts, key=len)
                found += fewest
        return found

    def _read_one(self, reader: Schema, writer: Schema, at: str) -> list[str]:
        if not reader or reader == writer:
            return []
        if reader.get("type", writer.get("type")) != writer.get("type") or reader.get("format") not in {
            None,
            writer.get("format"),
        }:
            return [f"{at or 'the message'} was {_name(writer)} and is read as {_name(reader)}"]
        return [
            *self._words(reader, writer, at),
            *_bounds(reader, writer, at),
            *(self._fields(reader, writer, at) if writer.get("type") == "object" else []),
            *(
                self._read(reader["items"], writer["items"], f"{at}[]")
                if "items" in reader and "items" in writer
                else []
            ),
        ]

    def _words(self, reader: Schema, writer: Schema, at: str) -> list[str]:
        known, used = _words(reader), _words(writer)
        if known is None or (self.new_words_are_fine and used is not None):
            return []
        if used is None:
            return [f"{at} was any {_name(writer)} and is read as one of {sorted(map(str, known))}"]
        return [f"{at} no longer takes {word!r}" for word in sorted(map(str, used - known))]

    def _fields(self, reader: Schema, writer: Schema, at: str) -> list[str]:
        known, written = reader.get("properties", {}), writer.get("properties", {})
        missing = [name for name in reader.get("required", []) if name not in writer.get("required", [])]
        strict = self.every_field_counts or reader.get("additionalProperties") is False
        return [
            *(f"{_join(at, name)} is needed but may be absent" for name in missing),
            *(
                f"{_join(at, name)} was removed or renamed"
                for name in written
                if name not in known and known and strict
            ),
            *(
                sentence
                for name in written
                if name in known
                for sentence in self._read(known[name], written[name], _join(at, name))
            ),
        ]


def _bounds(reader: Schema, writer: Schema, at: str) -> list[str]:
    tighter = [k for k in LOWER if k in reader and reader[k] > writer.get(k, float("-inf"))]
    tighter += [k for k in UPPER if k in reader and reader[k] < writer.get(k, float("inf"))]
    tighter += ["pattern"] if reader.get("pattern", writer.get("pattern")) != writer.get("pattern") else []
    return [f"{at} is narrower: {k} was {writer.get(k, 'not limited')} and is {reader[k]}" for k in tighter]


def _alternatives(schema: Schema, whole: Schema) -> list[Schema]:
    if "$ref" in schema:
        return _alternatives(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema:
        return [alternative for part in schema["anyOf"] for alternative in _alternatives(part, whole)]
    return [{k: v for k, v in schema.items() if k not in {"default", "$defs"}}]


def _words(schema: Schema) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _name(schema: Schema) -> str:
    return str(schema.get("format") or schema.get("type") or "anything")


def _join(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def breaks(old: Schema, new: Schema, *, sent_to_us: bool) -> list[str]:
    """What would break for somebody who still runs, or still keeps, what was written under `old`."""
    found = Reading(reader=new, writer=old).misunderstandings()
    if not sent_to_us:
        found += Reading(reader=old, writer=new, new_words_are_fine=True, every_field_counts=False).misunderstandings()
    return list(dict.fromkeys(found))
