"""Says what is being done, step by step, and how long each step took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console


@dataclass
class Steps:
    """A run of steps, told to a person on standard error so that standard output stays for scripts."""

    console: Console = field(default_factory=lambda: Console(file=sys.stderr, highlight=False))
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator["Note"]:
        """Times one step; a failure is marked and passed on."""
        note, begun = Note(), time.monotonic()
        try:
            with self.console.status(f"{name} …"):
                yield note
        except BaseException:
            self.console.print(f"[red]✗[/red] {name}")
            raise
        self.seconds[name] = time.monotonic() - begun
        told = f" [dim]{note.text}[/dim]" if note.text else ""
        self.console.print(f"[green]✓[/green] {name}{told} [dim]{self.seconds[name]:.1f} s[/dim]", soft_wrap=True)

    def say(self, text: str) -> None:
        """One line that is not a step."""
        self.console.print(text, soft_wrap=True)


@dataclass
class Note:
    """What a step wants to add to its line once it is done."""

    text: str = ""
