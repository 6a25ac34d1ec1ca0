"""`tellus`: finds the command whose file has the name that was typed, and runs it."""

import importlib
import pkgutil
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command

from deploy.local.errors import LocalError
from tellus import commands
from tellus.exit_codes import CommandFailed, ExitCode


class CommandFolder(TyperGroup):
    """The commands are the files in `tellus/commands`; only the one that was asked for is imported."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The name of every command, from the folder alone."""
        del ctx
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, None where there is no such file."""
        known = self.list_commands(ctx)
        if cmd_name not in known:
            self.commands = {name: self._load(name) for name in known}  # what a suggestion is chosen from
            return None
        return self._load(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """What went wrong is told in words, with an exit code that means something."""
        try:
            return super().invoke(ctx)
        except CommandFailed as failure:
            _tell(str(failure))
            raise typer.Exit(failure.exit_code) from failure
        except LocalError as error:
            _tell(str(error))
            raise typer.Exit(ExitCode.FAILED) from error

    def _load(self, name: str) -> Any:
        module = importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}")
        command = get_command(module.app)
        command.name = name
        return command


def _tell(message: str) -> None:
    Console(stderr=True, highlight=False).print(message, style="red", markup=False, soft_wrap=True)


app = typer.Typer(cls=CommandFolder, no_args_is_help=True, pretty_exceptions_show_locals=False, add_completion=False)


@app.callback()
def tellus() -> None:
    """Operate a Tellus suite: start it, look at it, move data in and out, prove its record."""
