"""The page that says who may do what, read: what should come of anybody asking for anything."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

PAGE: Final = Path(__file__).parents[1] / "integration" / "matrix" / "oracle.yaml"
ROLES: Final = (
    "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
    "records_officer", "privacy_officer", "security_officer", "auditor", "administrator", "migration", "citizen",
    "system", None,
)  # fmt: skip
ABSENT: Final = "absent"
REFUSED: Final = "refused"
Outcome = frozenset[str] | str
"""The maskable fields that are shown; or that it is not said to exist; or that it may not be done."""
_RECORDS: Final = {"contact", "interaction", "case", "message", "person"}
_WAYS: Final = {
    "own": {"department"}, "below": {"department"}, "excluded": {"department"}, "excluded_case": {"department"},
    "hand": {"hand"}, "theirs": {"theirs"},
    "active": {"active", "department"}, "draft": {"department"}, "retired": {"department"}, "foreign": {"active"},
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One line."""

    roles: frozenset[str]
    where: frozenset[str]
    shows: frozenset[str]


@dataclass(frozen=True)
class Page:
    """What stands there about one operation."""

    operation: str
    of: str | None
    fields: frozenset[str]
    seen_by: str | None
    rules: tuple[Rule, ...]

    def may_ask(self, role: str | None) -> bool:
        """Whether anything at all is allowed to a role."""
        return any(_speaks_of(rule, role) for rule in self.rules)

    def shown(self, role: str | None, relation: str) -> frozenset[str] | None:
        """What a role alone is shown of a record in this relation; None for nothing at all."""
        ways = {"everywhere"} | (_WAYS.get(relation, set()) - (set() if self.of == "case" else {"hand"}))
        fields = [rule.shows for rule in self.rules if _speaks_of(rule, role) and rule.where & ways]
        return frozenset[str]().union(*fields) if fields else None


@cache
def pages() -> dict[str, Page]:
    """Everything that stands there, by operation."""
    return {name: _page(name, said) for name, said in yaml.safe_load(PAGE.read_text(encoding="utf-8")).items()}


def expected(operation: str, role: str | None, relation: str, *, grants: bool) -> Outcome:
    """What should come of it; with `grants`, as somebody to whom everything was granted that relations speak of."""
    page = pages()[operation]
    helped = grants and role != "citizen"
    if not page.may_ask(role) and not (helped and page.may_ask("caseworker")):
        return REFUSED
    if page.of not in _RECORDS:
        fields = page.shown(role, relation)
        if page.of == "opening" and grants and relation == "excluded":
            return REFUSED
        return fields if fields is not None else _none_of_a_kind(page, role)
    if page.operation == "list_interactions" and (closed := _closed_before_it(role, relation, grants=grants)):
        return closed
    fields = _fields(page, role, relation, grants=grants)
    if fields is not None:
        return fields
    seen = page.seen_by is not None and page.seen_by != operation
    return (
        REFUSED
        if seen and isinstance(expected(str(page.seen_by), role, relation, grants=grants), frozenset)
        else ABSENT
    )


def _fields(page: Page, role: str | None, relation: str, *, grants: bool) -> frozenset[str] | None:
    by_case = page.of in {"case", "message", "interaction"}
    if grants and (relation in {"excluded", "excluded_granted"} or (relation == "excluded_case" and by_case)):
        return None
    own = page.shown(role, relation)
    here = relation in {"granted", "challenged"} or (relation == "granted_case" and by_case)
    given = page.shown("caseworker", "own") if grants and role != "citizen" and here else None
    return own if given is None else given | (own or frozenset())


def _closed_before_it(role: str | None, relation: str, *, grants: bool) -> str | None:
    """What was said is asked for by whom it was said: who may not ask about them gets no further."""
    page = pages()["list_interactions"]
    known = isinstance(expected("get_contact", role, relation, grants=grants), frozenset)
    theirs = page.may_ask(role) and (role != "citizen" or relation == "theirs")
    granted = grants and role != "citizen" and relation in {"granted", "challenged"}
    excluded = grants and relation in {"excluded", "excluded_granted"}
    if (theirs or granted) and not excluded:
        return None
    return REFUSED if known else ABSENT


def _none_of_a_kind(page: Page, role: str | None) -> str:
    return ABSENT if page.of == "case_type" and page.may_ask(role) else REFUSED


def _speaks_of(rule: Rule, role: str | None) -> bool:
    return "everyone" in rule.roles or (role is not None and role in rule.roles)


def _page(name: str, said: dict[str, Any]) -> Page:
    fields = frozenset(said.get("fields", ()))
    return Page(name, said.get("of"), fields, said.get("seen_by"), tuple(_rule(line, fields) for line in said["rules"]))


def _rule(line: str, fields: frozenset[str]) -> Rule:
    roles, where, shows = (frozenset(part.split()) for part in line.split("|"))
    named = fields if shows == {"all"} else frozenset[str]() if shows == {"none"} else shows
    return Rule(roles, where, named)
