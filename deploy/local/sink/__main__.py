"""`python -m deploy.local.sink`: take mail and SMS, keep them, show them."""

import asyncio
import sqlite3
import sys

from deploy.local.environment import SettingUnusable
from deploy.local.sink.serve import serve
from deploy.local.sink.settings import Settings


def main() -> int:
    """Serve until told to end; returns the exit code."""
    try:
        asyncio.run(serve(Settings.from_environment()))
    except (SettingUnusable, OSError, sqlite3.Error) as error:
        sys.stderr.write(f"The sink cannot start or go on: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
