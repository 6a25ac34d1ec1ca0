"""A measured figure beside the bound it should keep, on the screen and on a page."""

import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from shared.clock import now
from tests.support.instance import Instance

console = Console(width=120)


@dataclass(frozen=True)
class Figure:
    """One measured figure, and the bound it should keep."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    most: bool = False
    """Whether the bound is an upper one."""

    @property
    def kept(self) -> bool | None:
        """Whether the bound was kept; None where there is none."""
        if self.bound is None:
            return None
        return self.value <= self.bound if self.most else self.value >= self.bound

    def cells(self) -> tuple[str, str, str, str]:
        """As a row."""
        number = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:,.2f}"
        bound = "" if self.bound is None else f"{'at most' if self.most else 'at least'} {self.bound:g}"
        return self.name, f"{number} {self.unit}", bound, {None: "", True: "kept", False: "MISSED"}[self.kept]


def publish(figures: Sequence[Figure], page: Path, *, title: str, command: str, notes: str) -> int:
    """Show the figures and write them down; answers with 1 where a bound was missed."""
    table = Table("figure", "measured", "bound", "")
    for figure in figures:
        table.add_row(*figure.cells())
    console.print(table)
    rows = "\n".join(f"| {' | '.join(figure.cells())} |" for figure in figures)
    page.write_text(
        f"# {title}\n\n"
        f"Written by `{command}` on {now():%Y-%m-%d}: {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load average at the end {os.getloadavg()[0]:.1f}. Load client, servers and suite share the machine.\n"
        f"{notes}\n\n"
        "| figure | measured | bound | |\n|---|---|---|---|\n"
        f"{rows}\n",
        encoding="utf-8",
    )
    return 0 if all(figure.kept is not False for figure in figures) else 1


@contextmanager
def running(name: str, port: int) -> Iterator[Instance]:
    """A suite of our own, gone afterwards."""
    suite = Instance.named(name, port)
    with step("suite up"):
        suite.tellus("up")
    try:
        yield suite
    finally:
        suite.tellus("down", "--forget")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being measured."""
    with console.status(name):
        started = time.perf_counter()
        yield
    console.print(f"{name}: {time.perf_counter() - started:.0f} s")
