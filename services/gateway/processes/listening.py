"""The public listener: granian's settings, chosen so that connections that say little or nothing cost others nothing."""

import resource
import socket
from typing import Any, Final

import structlog
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from services.gateway.settings import Settings

log = structlog.get_logger()
WAITING: Final = 4_096
"""Connections that the kernel keeps until they are accepted; it takes the lower of this and its own limit."""
BUFFER_SHARE: Final = 4
"""How much larger than the largest headers the server's buffer is: below, a problem says what was wrong."""
OTHER_FILES: Final = 256
_INHERITED: Final = {
    socket.TCP_NODELAY: 1,
    socket.TCP_KEEPIDLE: 30,
    socket.TCP_KEEPINTVL: 10,
    socket.TCP_KEEPCNT: 3,
    # milliseconds that a peer may leave what was sent to it unacknowledged, or its window shut
    socket.TCP_USER_TIMEOUT: 20_000,
}


class Listener(Server):
    """Granian on a socket of ours: alone on its port, and with options that every accepted connection inherits."""

    def _init_shared_socket(self) -> None:
        descriptor = _listening(self.bind_addr, self.bind_port).detach()
        self._shd = SocketHolder(descriptor, False, self.backlog)  # type: ignore[assignment,call-arg]


def listener(app: Any, settings: Settings) -> Server:
    """A server that listens once it serves."""
    return Listener(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=round(settings.header_seconds * 1000),
            max_buffer_size=settings.header_bytes * BUFFER_SHARE,
        ),
        websockets=False,
        backlog=WAITING,
        backpressure=settings.connections,
        log_enabled=False,
    )


def allow_files(connections: int) -> None:
    """Raise the process's own limit on open files, where it would be reached before the one on connections."""
    wanted = connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning("listener.few_files", expected=wanted, found=allowed, reason="the hard limit on open files")


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _INHERITED.items():
            listening.setsockopt(socket.IPPROTO_TCP, option, value)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening
