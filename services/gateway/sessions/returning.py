"""Where a browser may be led after it signed in: to a page of ours, however the address tries to look like one."""

import re
from typing import Final

LONGEST: Final = 1_000
# One spelling only: no second slash or backslash that begins another host, no dots that climb, nothing encoded that
# somebody later might decode into either, no controls, no fragment.
_PATH: Final = re.compile(
    r"/(?:[A-Za-z0-9_~@:+,=-][A-Za-z0-9._~@:+,=/-]*)?(?:\?[A-Za-z0-9._~@:+,;=&/?%!*'()$-]*)?", re.ASCII
)
_CLIMBS: Final = re.compile(r"//|/\.{1,2}(?:/|$)")
_CONTROL: Final = re.compile(r"%(?:[01][0-9a-f]|7f)", re.IGNORECASE)
_ENCODED: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_ours(path: str) -> bool:
    """Whether this is a path on our own origin and can be read as nothing else."""
    if len(path) > LONGEST or not _PATH.fullmatch(path):
        return False
    before = path.partition("?")[0]
    return not (_CLIMBS.search(before) or _CONTROL.search(path) or _ENCODED.search(path))
