"""What stands in the address of a sign-in, and in a form: each word once, and nothing but what is known."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from services.gateway.sessions.returning import is_ours
from services.gateway.sessions.signing_in import LONGEST_STATE, Asked
from services.gateway.settings import Issuer, Settings

_WISHES: Final = frozenset(("return_to", "acr", "max_age", "issuer"))
_LEVEL: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_SECONDS: Final = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
MOST_WORDS: Final = 20
OLDEST: Final = 86_400


class AddressUnusable(Exception):
    """What was asked for makes no sense; the message says what would."""


def words(raw: bytes) -> dict[str, str]:
    """The pairs of a query or a form; raises AddressUnusable where they can be read in two ways."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_WORDS
        )
    except ValueError:
        raise AddressUnusable("It cannot be read.") from None
    found = dict(pairs)
    if len(found) < len(pairs) or any("\0" in name + value for name, value in pairs):
        raise AddressUnusable("A word stands there twice, or holds what no address holds.")
    return found


def wishes(raw: bytes, settings: Settings) -> Asked:
    """What whoever signs in wants; raises AddressUnusable."""
    given = words(raw) if raw else {}
    if not given.keys() <= _WISHES:
        raise AddressUnusable("It may say return_to, acr, max_age and issuer, and no more.")
    return_to = given.get("return_to", settings.home)
    if not is_ours(return_to):
        raise AddressUnusable("return_to must be a path on this site, such as /docs.")
    level, max_age = given.get("acr"), given.get("max_age")
    if level is not None and not _LEVEL.fullmatch(level):
        raise AddressUnusable("acr must be a level of assurance, such as aal2.")
    if max_age is not None and (not _SECONDS.fullmatch(max_age) or int(max_age) > OLDEST):
        raise AddressUnusable("max_age must be a number of seconds, up to a day.")
    return Asked(_issuer(given.get("issuer"), settings), return_to, level, None if max_age is None else int(max_age))


def answer(raw: bytes) -> Mapping[str, str]:
    """What an issuer said by way of the browser; empty where it cannot be read."""
    try:
        found = words(raw) if raw else {}
    except AddressUnusable:
        return {}
    return {} if len(found.get("state", "")) > LONGEST_STATE else found


def _issuer(named: str | None, settings: Settings) -> Issuer:
    serving = [issuer for issuer in settings.issuers if issuer.client_id is not None]
    if not serving:
        raise AddressUnusable("No identity provider signs browsers in here: come with a token.")
    if named is None:
        return serving[0]
    found = next((issuer for issuer in serving if named in (issuer.name, issuer.issuer)), None)
    if found is None:
        raise AddressUnusable("issuer must name an identity provider that signs browsers in here.")
    return found
