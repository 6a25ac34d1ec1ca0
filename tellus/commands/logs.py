"""`tellus logs`: what a process wrote."""

import os
import time
from pathlib import Path

import typer

from tellus.exit_codes import CommandFailed, ExitCode
from tellus.instance import places

app = typer.Typer()
_POLL_SECONDS = 0.2
_BLOCK = 65_536


@app.command()
def logs(
    name: str = typer.Argument(help="A process, as 'tellus status' names it."),
    *,
    follow: bool = typer.Option(False, "--follow", "-f", help="Go on as more is written."),
    lines: int = typer.Option(100, "--lines", "-n", min=0, help="How many of the last lines."),
) -> None:
    """Print the end of a process's log."""
    folder = places().logs
    log = folder / f"{name}.log"
    if Path(name).name != name or not log.exists():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.log"))) or "none; nothing was started here"
        raise CommandFailed(f"There is no log of {name!r}. There are: {known}.", ExitCode.USAGE)
    with log.open("rb") as file:
        typer.echo(_last_lines(file.read(), lines), nl=False)
    if follow:
        _follow(log)


def _last_lines(content: bytes, count: int) -> bytes:
    kept = content.splitlines(keepends=True)
    return b"".join(kept[len(kept) - min(count, len(kept)) :])


def _follow(log: Path) -> None:
    """Goes on over rotations: a new file under the old name is read from its beginning."""
    file = log.open("rb")
    file.seek(0, os.SEEK_END)
    try:
        while True:
            block = file.read(_BLOCK)
            if block:
                typer.echo(block, nl=False)
            elif _was_replaced(log, file.fileno()):
                file.close()
                file = log.open("rb")
            else:
                time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        raise typer.Exit from None
    finally:
        file.close()


def _was_replaced(log: Path, descriptor: int) -> bool:
    try:
        return log.stat().st_ino != os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
