"""Whatever is tried on a case, in whatever order, its type's rules hold and a refused step changes nothing."""

from copy import deepcopy
from dataclasses import asdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.cases.adapters.rulebook import standard_rulebook
from services.cases.domain.errors import CaseClosed, RoleMissing, StepIllegal
from services.cases.domain.facts import StepTaken
from shared.errors import ServiceError
from tests.support.case_bundles import stored
from tests.unit.cases.test_case import AT, PERMIT, RULES, opened

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "complete": st.booleans() | st.just("yes"),
        "missing": st.text(max_size=5) | st.none(),
        "supplied": st.text(max_size=5),
        "assessment": st.text(max_size=5),
        "advice": st.sampled_from(["grant", "refuse", "perhaps"]),
        "reason": st.text(max_size=5),
        "conditions": st.none() | st.integers(),
    },
)
ROLES = st.sampled_from(["agent", "caseworker", "team_lead", "decision_maker", "migration", "citizen", "auditor"])
EVENTS = st.sampled_from([step.key for step in PERMIT.steps])


class AnyWalk(RuleBasedStateMachine):
    """Tries steps; remembers the steps that were taken."""

    @initialize()
    def open(self) -> None:
        self.case = opened()
        self.walked = ["applied"]

    @rule(event=EVENTS, role=ROLES, answers=ANSWERS, behind=st.sampled_from([0, 0, 0, 1]))
    def attempt(self, event: str, role: str, answers: dict[str, object], behind: int) -> None:
        before = deepcopy(asdict(self.case))
        step = PERMIT.step(event)
        assert step is not None
        refusal = self._refusal(event, role, answers, behind)
        if refusal is not None:
            assert asdict(self.case) == before
            if behind == 0 and self.case.closed:
                assert isinstance(refusal, CaseClosed)
            elif behind == 0 and self.case.state not in step.sources:
                assert isinstance(refusal, StepIllegal)
                assert set(refusal.details["legal"]) == {s.key for s in PERMIT.legal_from(self.case.state)}
            elif behind == 0 and role not in step.roles:
                assert isinstance(refusal, RoleMissing)
            return
        assert behind == 0
        assert role in step.roles
        assert self.walked[-1] in step.sources
        assert self.case.version == before["version"] + 1
        assert self.case.state in {target.to for target in step.targets}
        self.walked.append(self.case.state)

    def _refusal(self, event: str, role: str, answers: dict[str, object], behind: int) -> ServiceError | None:
        try:
            self.case.take(
                event,
                PERMIT,
                version=self.case.version - behind,
                roles=frozenset({role}),
                sent=answers,
                comment="because",
                occurred_at=AT,
                guards=RULES.guards,
                schemas=RULES.schemas,
            )
        except ServiceError as error:
            return error
        return None

    @invariant()
    def the_answers_fit_the_schema(self) -> None:
        assert list(RULES.schemas.errors(PERMIT.schema, self.case.data)) == []

    @invariant()
    def a_case_is_closed_in_final_states_only_and_then_has_an_outcome(self) -> None:
        assert self.case.closed == PERMIT.state(self.case.state).final
        assert not self.case.closed or self.case.outcome is not None

    @invariant()
    def the_facts_tell_the_walk(self) -> None:
        steps = [fact for fact in self.case.facts if isinstance(fact, StepTaken)]
        assert ["applied", *(fact.to_state for fact in steps)] == self.walked
        assert self.case.version == len(self.walked)


AnyWalk.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestAnyWalk = AnyWalk.TestCase


def test_a_bundle_is_read_the_same_every_time() -> None:
    assert stored("street-permit") == PERMIT
    assert standard_rulebook() is RULES
