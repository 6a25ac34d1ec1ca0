"""Makes the key that signs the log's checkpoints: `python -m services.audit.processes.generate_key NAME PATH`.

The secret half goes to PATH, readable by its owner only; the public half, which everyone who checks the log needs, to
PATH.pub. Neither is ever overwritten: a log whose key is lost can still be checked, one whose key was replaced looks
forged.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from services.audit.adapters.ed25519 import generate_key
from shared.errors import Invalid

PUBLIC_SUFFIX = ".pub"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both halves of a new key, or change nothing and say why."""
    parser = argparse.ArgumentParser(prog="generate_key", description="Make a key for signing checkpoints.")
    parser.add_argument("name", help="the key's name; usually the log's origin, for instance log.example.gov/tellus")
    parser.add_argument(
        "path", type=Path, help=f"the file for the secret half; {PUBLIC_SUFFIX} is added for the public"
    )
    given = parser.parse_args(arguments)
    try:
        public = write_new_key(given.name, given.path)
    except FileExistsError as error:
        return _refuse(f"{error.filename} exists already, and a key is never overwritten. Choose another path.")
    except OSError as error:
        return _refuse(f"{error.filename} cannot be written: {error.strerror}.")
    except Invalid as error:
        return _refuse(error.message)
    sys.stdout.write(f"{public}\n")
    return 0


def write_new_key(name: str, path: Path) -> str:
    """A new key's two halves are in their files; answers with the public half."""
    secret, public = generate_key(name)
    public_path = path.with_name(path.name + PUBLIC_SUFFIX)
    _write_new(public_path, f"{public}\n", mode=0o644)
    try:
        _write_new(path, f"{secret.reveal()}\n", mode=0o600)
    except OSError:
        public_path.unlink()  # made a moment ago, and useless without the other half
        raise
    return str(public)


def _write_new(path: Path, text: str, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
