"""A set of ports counts as free only if nothing at all listens in it."""

import socket

from deploy.local.ports import Ports, free_base, is_free


def test_a_base_port_is_passed_over_when_anything_listens_in_its_range() -> None:
    base = free_base(20_000)
    with socket.create_server(("127.0.0.1", Ports(base).of("rabbitmq"))):
        assert not is_free(Ports(base).of("rabbitmq"))
        assert free_base(base) > base
    assert free_base(base) == base
