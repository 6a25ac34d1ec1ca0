"""`python -m deploy.local.identity`: start the provider; with `rotate`, let the next key sign."""

import sys

from deploy.local.environment import SettingUnusable
from deploy.local.identity.keys import TooManyKeys
from deploy.local.identity.people import PeopleUnusable
from deploy.local.identity.safeguards import NotForHere, refuse_unless_local
from deploy.local.identity.settings import Settings

USAGE = "usage: python -m deploy.local.identity [rotate]"


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    try:
        settings = Settings.from_environment()
        refuse_unless_local(settings)
        if arguments == ["rotate"]:
            return rotate(settings)
        if arguments:
            return _fail(USAGE)
        return start(settings)
    except (NotForHere, SettingUnusable, PeopleUnusable, TooManyKeys, OSError) as error:
        return _fail(str(error))


def start(settings: Settings) -> int:
    """Serve until told to end."""
    from deploy.local.identity.serve import serve  # noqa: PLC0415 - `rotate` and refusals need none of the server

    serve(settings)
    return 0


def rotate(settings: Settings) -> int:
    """The key announced before signs from now on; a running provider notices by itself."""
    from deploy.local.identity.provider import key_ring  # noqa: PLC0415 - a refusal needs none of the keys

    sys.stdout.write(f"Tokens are signed with key {key_ring(settings).rotate()} from now on.\n")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
