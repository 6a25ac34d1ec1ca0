"""What is said about the fields of a contract: a description, or the text that stands under the field in the source."""

import ast
import inspect
import sys
from functools import cache

from pydantic import BaseModel


def about(published_class: type[BaseModel]) -> str:
    """The promise of a class, in one paragraph."""
    return " ".join(inspect.cleandoc(vars(published_class).get("__doc__") or "").split())


def notes_of(published_class: type[BaseModel]) -> dict[str, str]:
    """What is said about each field; fields that speak for themselves are absent."""
    noted = _under_fields(published_class)
    described = {name: field.description for name, field in published_class.model_fields.items()}
    noted |= {name: said for name, said in described.items() if said}
    return {name: noted[name] for name in published_class.model_fields if name in noted}


def _under_fields(published_class: type[BaseModel]) -> dict[str, str]:
    inherited: dict[str, str] = {}
    for base in reversed(published_class.__mro__):
        inherited |= _module_notes(base.__module__).get(base.__qualname__, {})
    return inherited


@cache
def _module_notes(module: str) -> dict[str, dict[str, str]]:
    if not module.startswith("shared.contracts"):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: _class_notes(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _class_notes(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, text in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            value = text.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[field.target.id] = " ".join(inspect.cleandoc(value.value).split())
    return found
