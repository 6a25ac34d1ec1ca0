"""Nothing in an instance takes another's port, and two instances never meet."""

from deploy.local.ports import HIGHEST_OFFSET, Ports


def test_every_listener_has_a_port_of_its_own() -> None:
    ports = Ports(18000).all()
    assert len(set(ports.values())) == len(ports)


def test_the_shared_test_instance_never_meets_the_default_one() -> None:
    assert not set(Ports(18000).all().values()) & set(Ports(28000).all().values())


def test_the_highest_base_port_leaves_room_for_every_listener() -> None:
    assert max(Ports(0).all().values()) == HIGHEST_OFFSET


def test_the_gateway_is_at_the_base_port_and_tells_its_health_apart() -> None:
    ports = Ports(18000)
    assert (ports.of("gateway"), ports.health("gateway")) == (18000, 18110)
