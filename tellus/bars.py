"""A progress bar on standard error, which standard output's readers never see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Advance(Protocol):
    """Moves a bar."""

    def __call__(self, by: int, of: int | None = None) -> None:
        """So many more are done, of so many where that is known only now."""


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Advance]:
    """Answers with what to call with how many more are done, and of how many where that was not known before."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    shown = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    task = shown.add_task(what, total=total, rate="")

    def advance(by: int, of: int | None = None) -> None:
        speed = shown.tasks[0].speed
        shown.update(task, advance=by, total=of, rate=f"{speed:,.0f}/s" if speed else "")

    with shown:
        yield advance
