"""Where a request came from: as its connection says, or as a listed proxy says; kept as a digest only."""

import hmac
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Literal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Header = Literal["x-forwarded-for", "forwarded"]
CLIENT: Final = "tellus.client"
"""The scope's key for the digest of where a request came from."""
MOST_HOPS: Final = 32
DIGEST_DIGITS: Final = 32
_ONE_SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that stand for one subscriber, who may change the others at will."""
_REMEMBERED: Final = 8_192


class Origins:
    """Derives once, for each request, who its client is."""

    def __init__(self, proxies: Sequence[Network], header: Header, key: bytes) -> None:
        self._proxies, self._header = tuple(proxies), header.encode()
        self._key = hmac.digest(key, b"client address", "sha256")
        self._digest_of_peer = lru_cache(_REMEMBERED)(self._digest)

    def digest(self, peer: str, raw: Iterable[tuple[bytes, bytes]]) -> str:
        """The same for each request of one client, and nothing that leads back to their address."""
        if self._proxies:
            came_from = _parsed(peer)
            if came_from is not None and self._is_proxy(came_from):
                return self._digest_of_peer(str(self._forwarded(came_from, raw)))
        return self._digest_of_peer(peer)

    def _forwarded(self, peer: Address, raw: Iterable[tuple[bytes, bytes]]) -> Address:
        # each proxy appends whom it heard from: read from the end, and believe only those we know
        told = b",".join(value for name, value in raw if name.lower() == self._header)
        hops = told.decode("latin-1").split(",")[-MOST_HOPS:]
        nearest = peer
        for hop in reversed(hops):
            found = _parsed(_for(hop) if self._header == b"forwarded" else hop)
            if found is None:
                break
            nearest = found
            if not self._is_proxy(found):
                break
        return nearest

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)

    def _digest(self, client: str) -> str:
        address = _parsed(client)
        spelled = client if address is None else _subscriber(address)
        return hmac.new(self._key, spelled.encode(), sha256).hexdigest()[:DIGEST_DIGITS]


def _subscriber(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _ONE_SUBSCRIBER), strict=False))
    return str(address)


def _for(hop: str) -> str:
    """The node that `for=` names in one element of Forwarded (RFC 7239); nothing where it names none."""
    for pair in hop.split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "for":
            return value.strip().strip('"')
    return ""


def _parsed(text: str) -> Address | None:
    """An address, with or without a port and brackets; None where it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
