"""Alive means that the loop turns; ready, that what is depended on answers. They are not mixed up."""

import pytest

from shared.observability import health
from shared.observability.health import STALE_SECONDS, Health


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, in the test's hand."""
    hand = [1_000.0]
    monkeypatch.setattr("shared.observability.health.time.monotonic", lambda: hand[0])
    return hand


def test_a_process_is_alive_while_its_loop_turns(seconds: list[float]) -> None:
    state = Health(last_tick=seconds[0])
    for _ in range(3):
        seconds[0] += STALE_SECONDS - 1
        assert state.alive()
        state.tick()


def test_a_process_whose_loop_stands_still_is_not_alive(seconds: list[float]) -> None:
    state = Health(last_tick=seconds[0])
    seconds[0] += STALE_SECONDS
    assert not state.alive()
    state.tick()
    assert state.alive()


def test_being_alive_asks_no_dependency(seconds: list[float]) -> None:
    def unreachable() -> bool:
        raise AssertionError("a restart would not mend the store")

    seconds[0] += 1
    assert Health(checks={"store": unreachable}, last_tick=seconds[0]).alive()


def test_what_does_not_answer_is_named() -> None:
    state = Health(checks={"store": lambda: False, "broker": lambda: True, "audit": lambda: False})
    assert state.failing() == ["audit", "store"]


def test_a_process_with_all_it_needs_is_ready() -> None:
    assert Health(checks={"store": lambda: True}).failing() == []


def test_a_stopping_process_is_not_ready_whatever_answers() -> None:
    state = Health(checks={"store": lambda: True}, stopping=True)
    assert state.failing() == ["stopping"]
    assert state.alive()


def test_nothing_is_served_without_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing was asked to be served")

    monkeypatch.setattr(health, "make_server", refuse)
    health.serve(Health(), "127.0.0.1", 0)
