"""Bundles written as YAML, read the strict way: YAML 1.2's plain scalars, no aliases, no keys twice, no bombs."""

import re
from typing import Any

import yaml

from services.cases.domain.faults import Faults

DEEPEST = 40
MOST_NODES = 50_000
TAG = "tag:yaml.org,2002:"


class _Loader(yaml.CSafeLoader):
    """`NO` is the code of Norway and `on` is a word: only true and false are truth values, as YAML 1.2 has it."""


_Loader.yaml_implicit_resolvers = {}
_PLAIN = {
    "bool": (r"^(?:true|false|True|False|TRUE|FALSE)$", "tTfF"),
    "int": (r"^[-+]?(?:0|[1-9][0-9]{0,15})$", "-+0123456789"),
    "float": (r"^[-+]?(?:0|[1-9][0-9]{0,15})\.[0-9]{1,15}$", "-+0123456789"),
    "null": (r"^(?:~|null|Null|NULL|)$", "~nN\0"),
}


def _construct_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(None, None, "a name must be text: quote it", key_node.start_mark)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"{key[:64]!r} is there twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


for _kind, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(
        TAG + _kind, re.compile(_pattern), [*_first.rstrip("\0"), *([""] if _kind == "null" else [])]
    )
_Loader.add_constructor(TAG + "map", _construct_mapping)


class YamlDocuments:
    """Reads bundles."""

    def read(self, text: str, faults: Faults) -> Any:
        try:
            self._measure(text)
            return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
            faults.add("", f"{where}{error.problem or 'cannot be read as YAML'}")
        except yaml.YAMLError as error:
            faults.add("", f"cannot be read as YAML: {type(error).__name__}")
        except ValueError:
            faults.add("", "cannot be read as YAML: a value is out of range")
        return None

    def _measure(self, text: str) -> None:
        depth = 0
        for nodes, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            mark: Any = event.start_mark
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise yaml.composer.ComposerError(None, None, "anchors and aliases are not used here", mark)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST or nodes > MOST_NODES:
                raise yaml.composer.ComposerError(None, None, "is nested too deep or too large", mark)
