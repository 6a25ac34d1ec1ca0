"""Tells a person in a terminal what is done, and in small print what happened behind it."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from deploy.local.demo.voices import Answer

WIDTH = 110
MOST = 3


def moment(text: str) -> str:
    """A moment as people read it."""
    return datetime.fromisoformat(text).strftime("%d %b %H:%M:%S")


class Teller:
    """One telling."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _console()
        self._chapter = 0
        self._heard: list[Answer] = []
        self.requests = 0

    def hear(self, answer: Answer) -> None:
        """Keep an answer, to be told by `behind`."""
        self._heard.append(answer)
        self.requests += 1

    def chapter(self, title: str) -> None:
        """A new chapter begins."""
        self._heard.clear()
        self._chapter += 1
        self.console.print(f"\n[bold cyan]{self._chapter}  {escape(title)}[/]")

    def say(self, text: str) -> None:
        """A sentence. Text from answers is escaped by whoever puts it in."""
        self.console.print(f"   {text}", soft_wrap=True)

    def behind(self, note: str = "") -> None:
        """The requests since the last time, in small print."""
        for told, answers in groupby(
            self._heard, lambda answer: f"{answer.asked} -> {answer.status} {answer.code}".strip()
        ):
            same = list(answers)
            spent = " + ".join(f"{answer.milliseconds:.0f}" for answer in same[:MOST]) + (
                " + ..." if len(same) > MOST else ""
            )
            times = f" ({len(same)} times)" if len(same) > 1 else f", trace {same[0].trace}"
            self.console.print(f"   {told}, {spent} ms{times}", style="dim", markup=False, soft_wrap=True)
        self._heard.clear()
        if note:
            self.console.print(f"   {note}", style="dim", markup=False, soft_wrap=True)

    def table(self, headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """Rows of what was found."""
        table = Table(box=None, padding=(0, 2, 0, 3), header_style="dim")
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.console.print(table)

    def letter(self, title: str, text: str) -> None:
        """A letter as it came."""
        self.console.print(Panel(Text(text.strip()), title=Text(title), title_align="left", width=96, padding=(0, 1)))


def _console() -> Console:
    found = Console(highlight=False)
    # A pipe has no width of its own; the default is too narrow for tables with ids in them.
    return found if found.is_terminal else Console(highlight=False, width=WIDTH)
