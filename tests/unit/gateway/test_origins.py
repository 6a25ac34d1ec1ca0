"""Who a request comes from: its connection's other end, unless that is a proxy that we know."""

from ipaddress import ip_network
from typing import Any

import pytest

from services.gateway.edge.forwarding import Header, Origins

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
KEY = b"a key"


def origin(peer: str, *headers: tuple[str, str], proxies: Any = PROXIES, header: Header = "x-forwarded-for") -> str:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return Origins(proxies, header, KEY).digest(peer, raw)


def of(address: str) -> str:
    return origin(address, proxies=())


FORWARDED = {
    "nobody is believed where no proxy is listed": ("10.0.0.1", "192.0.2.9", (), "10.0.0.1"),
    "a stranger is not believed": ("192.0.2.1", "192.0.2.9", PROXIES, "192.0.2.1"),
    "a listed proxy is believed": ("10.0.0.1", "192.0.2.9", PROXIES, "192.0.2.9"),
    "only the last hop that is no proxy counts": ("10.0.0.1", "203.0.113.7, 192.0.2.9, 10.0.0.2", PROXIES, "192.0.2.9"),
    "what a client made up stands before": ("10.0.0.1", "127.0.0.1,10.0.0.7,192.0.2.9", PROXIES, "192.0.2.9"),
    "a hop that is none ends the chain at the proxy": ("10.0.0.1", "192.0.2.9, unknown", PROXIES, "10.0.0.1"),
    "an empty header names nobody": ("10.0.0.1", "", PROXIES, "10.0.0.1"),
    "a port is no part of it": ("10.0.0.1", "192.0.2.9:4711", PROXIES, "192.0.2.9"),
    "nor are brackets": ("10.0.0.1", "[2001:db8::1]:4711", PROXIES, "2001:db8::1"),
    "an IPv4 address in IPv6 clothes is one": ("::ffff:10.0.0.1", "::ffff:192.0.2.9", PROXIES, "192.0.2.9"),
    "a chain of proxies alone ends at the first": ("10.0.0.1", "10.0.0.3, 10.0.0.2", PROXIES, "10.0.0.3"),
    "a proxy on IPv6": ("fd00::1", "192.0.2.9", PROXIES, "192.0.2.9"),
}


@pytest.mark.parametrize(("peer", "told", "proxies", "whom"), FORWARDED.values(), ids=FORWARDED.keys())
def test_the_client_is_derived_once(peer: str, told: str, proxies: Any, whom: str) -> None:
    assert origin(peer, ("X-Forwarded-For", told), proxies=proxies) == of(whom)


def test_several_headers_are_one_list() -> None:
    assert origin("10.0.0.1", ("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "192.0.2.9")) == of("192.0.2.9")


def test_only_the_header_that_the_proxies_write_is_read() -> None:
    both = (("forwarded", 'for="[2001:db8::7]:1";proto=https, For=192.0.2.9'), ("x-forwarded-for", "203.0.113.1"))

    assert origin("10.0.0.1", *both) == of("203.0.113.1")
    assert origin("10.0.0.1", *both, header="forwarded") == of("192.0.2.9")
    assert origin("10.0.0.1", ("forwarded", "for=_hidden"), header="forwarded") == of("10.0.0.1")
    assert origin("10.0.0.1", ("x-real-ip", "203.0.113.1"), ("client-ip", "203.0.113.1")) == of("10.0.0.1")


def test_an_ipv6_subscriber_is_one_client_whatever_their_last_64_bits() -> None:
    assert of("2001:db8::1") == of("2001:db8::ffff:1:2:3")
    assert of("2001:db8::1") != of("2001:db8:0:1::1")


def test_another_key_makes_another_digest() -> None:
    assert Origins((), "x-forwarded-for", b"another").digest("192.0.2.1", ()) != of("192.0.2.1")


def test_a_long_chain_is_read_from_its_end_only() -> None:
    chain = "203.0.113.1," + "10.0.0.2," * 5_000 + "192.0.2.9"

    assert origin("10.0.0.1", ("x-forwarded-for", chain)) == of("192.0.2.9")
    assert origin("10.0.0.1", ("x-forwarded-for", chain.removesuffix("192.0.2.9") + "10.0.0.9")) == of("10.0.0.2")
