"""Content-Disposition (RFC 6266, RFC 8187): a file's name in a header, whatever somebody called it."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._()\[\]-]")
_KEPT: Final = "!#$&+^`|~"
"""What may stand as it is in an extended value beside letters, digits and -._"""


def disposition(file_name: str) -> bytes:
    """For saving, never for showing. Who reads only the old form gets a name that is made of letters and digits."""
    plain = _PLAIN.sub("_", unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode())
    extended = quote(file_name, safe=_KEPT, encoding="utf-8", errors="strict")
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{extended}".encode("ascii")
