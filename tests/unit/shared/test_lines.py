"""Lines of a busy process go out a few together, in order, and none is lost."""

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO

import pytest

from shared.observability.lines import MOST_BYTES, Lines
from tests.architecture.sources import ROOT


class Writes(BytesIO):
    """Remembers what each write brought; takes a few bytes at a time where told to."""

    def __init__(self, at_once: int = MOST_BYTES * 2) -> None:
        super().__init__()
        self.at_once, self.seen = at_once, list[bytes]()

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        self.seen.append(bytes(data[: self.at_once]))
        return len(self.seen[-1])


@pytest.fixture
def due() -> list[Callable[[], None]]:
    """What was to be called later."""
    return []


@pytest.fixture
def gathering(due: list[Callable[[], None]]) -> tuple[Lines, Writes]:
    """Lines that wait for each other."""
    file = Writes()
    lines = Lines(file)
    lines.gather(lambda _, act: due.append(act))
    return lines, file


def test_a_line_goes_out_at_once_where_nobody_gathers() -> None:
    file = Writes()
    Lines(file).info(b"one\n")
    assert file.seen == [b"one\n"]


def test_lines_that_wait_go_out_together(gathering: tuple[Lines, Writes], due: list[Callable[[], None]]) -> None:
    lines, file = gathering
    lines.info(b"one\n")
    lines.info(b"two\n")
    assert file.seen == []
    (flush,) = due
    flush()
    assert file.seen == [b"one\ntwo\n"]
    lines.info(b"three\n")
    assert len(due) == 2


@pytest.mark.parametrize("level", ["warning", "error", "critical", "exception"])
def test_what_warns_goes_out_at_once_after_what_came_before(gathering: tuple[Lines, Writes], level: str) -> None:
    lines, file = gathering
    lines.info(b"one\n")
    getattr(lines, level)(b"two\n")
    assert file.seen == [b"one\ntwo\n"]


def test_no_more_waits_than_there_is_room_for(gathering: tuple[Lines, Writes]) -> None:
    lines, file = gathering
    for _ in range(70):
        lines.info(b"x" * 1_024)
    assert len(b"".join(file.seen)) > MOST_BYTES


def test_a_pipe_that_takes_little_gets_everything() -> None:
    file = Writes(at_once=3)
    Lines(file).info(b"one two three\n")
    assert b"".join(file.seen) == b"one two three\n"


def test_what_waits_when_the_process_ends_goes_out() -> None:
    script = "from shared.observability.lines import Lines; l = Lines(); l.gather(lambda *_: None); l.info(b'last\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True
    )
    assert done.stdout == b"last\n"


def test_the_last_words_of_a_loop_that_has_ended_go_out_at_once() -> None:
    def ended(_: float, __: Callable[[], None]) -> None:
        raise RuntimeError("Event loop is closed")

    file = Writes()
    lines = Lines(file)
    lines.gather(ended)

    lines.info(b"goodbye\n")

    assert file.seen == [b"goodbye\n"]
