"""Where policies are written: one file per noun beside the contracts, and on which line each begins."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

CONTRACTS: Final = Path(__file__).parent.parent / "contracts"
_ID: Final = re.compile(r'^@id\("([^"]+)"\)', re.MULTILINE)
_ACTIONS: Final = re.compile(r'^action\s+((?:"\w+"[\s,]*)+)', re.MULTILINE)
_ENTITIES: Final = re.compile(r"^entity (\w+)[^{;]*\{([^}]*)\}", re.MULTILINE)
_ATTRIBUTES: Final = re.compile(r"(\w+)(\??)\s*:\s*(\w+)")
_POLICY: Final = re.compile(r"^(?:@|permit\b|forbid\b)", re.MULTILINE)


class PolicyNameless(ValueError):
    """A policy has no name of its own; the message says where."""


@dataclass(frozen=True)
class Place:
    """Where a policy begins, and what it says."""

    file: str
    """As seen from the root of the repository."""
    line: int
    text: str


@cache
def files_of(service: str) -> tuple[Path, ...]:
    """The files with the policies of a service, in order of their names; none where it has no policies."""
    folder = CONTRACTS / service
    together = (folder / "policy.cedar",) if (folder / "policy.cedar").exists() else ()
    return (*together, *sorted((folder / "policies").glob("*.cedar")))


@cache
def text_of(service: str) -> str:
    """All the policies of a service."""
    return "\n".join(file.read_text(encoding="utf-8") for file in files_of(service))


@cache
def schema_of(service: str) -> str:
    """What the policies of a service may speak of; empty where it has none."""
    own = CONTRACTS / service / "schema.cedarschema"
    common = CONTRACTS / "actor.cedarschema"
    return common.read_text(encoding="utf-8") + own.read_text(encoding="utf-8") if own.exists() else ""


@cache
def places_of(service: str) -> Mapping[str, Place]:
    """Every policy of a service by its name; raises PolicyNameless where one has none, or one that is taken."""
    found: dict[str, Place] = {}
    for file in files_of(service):
        for name, place in _places(file):
            if name in found:
                raise PolicyNameless(f"{place.file}:{place.line}: {name} is the name of another policy too")
            found[name] = place
    return found


def _places(file: Path) -> Iterator[tuple[str, Place]]:
    text = file.read_text(encoding="utf-8")
    named = str(file.relative_to(CONTRACTS.parent.parent))
    for start, end in _spans(text):
        line, said = text.count("\n", 0, start) + 1, text[start:end]
        name = _ID.match(said)
        if name is None:
            raise PolicyNameless(f'{named}:{line}: a policy begins with @id("...")')
        yield name[1], Place(named, line, _without_comments(said))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """From where each policy begins to where the next does: at the line after an empty one, or at the file's head."""
    begins = [found.start() for found in _POLICY.finditer(text)]
    starts = [at for n, at in enumerate(begins) if n == 0 or ";" in text[begins[n - 1] : at]]
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def _without_comments(said: str) -> str:
    return "\n".join(line for line in said.splitlines() if not line.startswith("//")).strip()


def services() -> tuple[str, ...]:
    """Every service that has policies."""
    return tuple(
        sorted(file.parent.name for file in CONTRACTS.glob("*/schema.cedarschema") if files_of(file.parent.name))
    )


def actions_of(service: str) -> frozenset[str]:
    """The actions that the policies of a service know; none where it has no policies."""
    if not files_of(service):
        return frozenset()
    return frozenset(re.findall(r'"(\w+)"', " ".join(_ACTIONS.findall(schema_of(service)))))


def attributes_of(service: str, entity: str) -> Mapping[str, str]:
    """What policies must be told of such a resource, and of which kind each is; raises KeyError for an unknown one."""
    for name, inside in _ENTITIES.findall(schema_of(service)):
        if name == entity:
            return {attribute: kind for attribute, optional, kind in _ATTRIBUTES.findall(inside) if not optional}
    raise KeyError(entity)


def entities_of(service: str) -> frozenset[str]:
    """The kinds of resource that the policies of a service know."""
    return frozenset(name for name, _ in _ENTITIES.findall(schema_of(service))) - {"Actor"}
