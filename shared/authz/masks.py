"""Masks: one decision says which fields of an answer may be shown; the others are absent and named."""

from typing import TypeVar

from pydantic import BaseModel

from shared.authz.model import Decision

V = TypeVar("V", bound=BaseModel)


def mask(view: V, decision: Decision, maskable: tuple[str, ...]) -> V:
    """`view` without the values of the maskable fields that the decision hides, which `hidden` then names."""
    hidden = tuple(name for name in maskable if not decision.shows(name))
    if not hidden:
        return view
    return view.model_copy(update=dict.fromkeys(hidden) | {"hidden": hidden})
