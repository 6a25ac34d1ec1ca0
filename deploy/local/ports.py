"""Where everything listens: one base port and fixed offsets, so that two instances never meet."""

import socket
from dataclasses import dataclass
from typing import Final

HIGHEST_OFFSET: Final = 111
_FIRST_OUTGOING: Final = 32_768  # from here up, Linux lends ports to outgoing connections
_STEP: Final = 200

_OFFSETS: Final[dict[str, int]] = {
    "gateway": 0,
    "identity": 10,
    "sink-smtp": 25,
    "sink-page": 26,
    "postgres": 32,
    "epmd": 69,
    "rabbitmq": 72,
    "rabbitmq-management": 73,
    "rabbitmq-distribution": 74,
    "contacts-rpc-health": 101,
    "cases-rpc-health": 102,
    "notifications-rpc-health": 103,
    "notifications-events-health": 104,
    "notifications-sender-health": 105,
    "audit-rpc-health": 106,
    "audit-sequencer-health": 107,
    "audit-publisher-health": 108,
    "relay-health": 109,
    "gateway-health": 110,
    "gateway-rpc-health": 111,
}


@dataclass(frozen=True)
class Ports:
    """The port of everything that listens, on 127.0.0.1 only."""

    base: int

    def of(self, listener: str) -> int:
        """The port of one listener, by its name."""
        return self.base + _OFFSETS[listener]

    def health(self, process: str) -> int:
        """The port where a process answers /healthz, /readyz and /metrics."""
        return self.of(f"{process}-health")

    def all(self) -> dict[str, int]:
        """Every listener with its port, in order of port."""
        return {name: self.base + offset for name, offset in _OFFSETS.items()}


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_base(wanted: int) -> int:
    """The base port wanted, or the next one whose every port is free."""
    for base in range(wanted, _FIRST_OUTGOING - HIGHEST_OFFSET, _STEP):
        if all(is_free(port) for port in Ports(base).all().values()):
            return base
    raise OSError(f"No base port from {wanted} up has all its ports free.")
