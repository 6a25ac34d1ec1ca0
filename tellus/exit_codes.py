"""What an exit code of `tellus` means."""

from enum import IntEnum


class ExitCode(IntEnum):
    """0 done, 1 it failed, 2 it was asked wrongly, 3 something does not run or is not as it should be."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_WELL = 3


class CommandFailed(Exception):
    """Ends the command with this message for the person who gave it, and this exit code."""

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code
