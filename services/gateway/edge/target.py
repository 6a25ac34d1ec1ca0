"""One address, one spelling: what a proxy could normalise into another address is an address where there is nothing."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from services.gateway.edge.framing import closing, unclear
from services.gateway.edge.problem import Problem, invalid, malformed

MOST_PARAMETERS: Final = 32
NOWHERE: Final = "There is nothing at this address: /docs lists what there is."
_PATH: Final = re.compile(rb"/|(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~:-]+)+")


def check_target(path: bytes, query: bytes, *, most_bytes: int) -> None:
    """Raises a problem where the address is too long, is not in its one spelling, or repeats a parameter."""
    if len(path) + len(query) > most_bytes:
        raise closing(Problem("uri_too_long", f"An address here has at most {most_bytes} bytes."))
    if not path.startswith(b"/"):
        raise unclear("A request here names a path.", "target")
    if not _PATH.fullmatch(path):
        raise Problem("not_found", NOWHERE)
    if query:
        _check_parameters(query)


def _check_parameters(query: bytes) -> None:
    parameters = query.split(b"&")
    if len(parameters) > MOST_PARAMETERS:
        raise malformed(f"The query string holds more than {MOST_PARAMETERS} parameters.")
    seen: set[bytes] = set()
    for number, parameter in enumerate(parameters, 1):
        name = unquote_to_bytes(parameter.partition(b"=")[0].replace(b"+", b" "))
        if name in seen:
            raise invalid([{"detail": f"the parameter in place {number} stands there more than once"}])
        seen.add(name)
