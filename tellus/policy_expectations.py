"""Expectations of policies: pages of who may do what and why, beside the contracts, checked by one command."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from shared.authz.model import SUITE
from shared.authz.sources import CONTRACTS, places_of
from tellus.exit_codes import CommandFailed, ExitCode
from tellus.policy_cases import Question, actor_of, made


@dataclass(frozen=True)
class Verdict:
    """What was expected of one action, and whether it was so."""

    service: str
    sentence: str
    action: str
    problem: str = ""

    @property
    def held(self) -> bool:
        """Whether it was as expected."""
        return not self.problem


def verdicts(service: str) -> Iterator[Verdict]:
    """Every expectation of a service's page, tried; raises CommandFailed where the page cannot be read."""
    page = CONTRACTS / service / "expectations.yaml"
    if not page.exists():
        raise CommandFailed(f"{page.relative_to(CONTRACTS.parent.parent)} is missing.", ExitCode.USAGE)
    for said in yaml.safe_load(page.read_text(encoding="utf-8")):
        try:
            yield from _tried(service, said)
        except (KeyError, TypeError, ValueError) as error:
            raise CommandFailed(f"{page.name} of {service}: {said.get('say', said)}: {error}") from error


def _tried(service: str, said: Mapping[str, Any]) -> Iterable[Verdict]:
    who = dict(said["who"])
    actor = actor_of(f"{who.pop('roles', '')}/{who.pop('department', 'city')}", **who)
    what = dict(said.get("what", {}))
    resource = made(service, what.pop("type"), what) if what else SUITE
    because = frozenset(said.get("because", ()))
    if unknown := because - set(places_of(service)):
        raise ValueError(f"there is no policy {', '.join(sorted(unknown))}")
    for action, expected in [*((a, True) for a in said.get("may", ())), *((a, False) for a in said.get("may_not", ()))]:
        decision = Question(service, action, actor, resource).answer()
        problem = ""
        if decision.allowed is not expected:
            problem = f"{'allowed' if decision.allowed else 'denied'} by {', '.join(decision.policies) or 'no policy'}"
        elif because - set(decision.policies):
            problem = f"not because of {', '.join(sorted(because - set(decision.policies)))}"
        elif expected and "shows" in said and decision.fields != frozenset(said["shows"]):
            problem = f"shows {', '.join(sorted(decision.fields)) or 'nothing'}"
        yield Verdict(service, said["say"], action, problem)
