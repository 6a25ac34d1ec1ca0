"""The public listener: granian's settings, chosen so that connections that say little or nothing cost others nothing."""

import resource
import socket
from typing import Any, Final

import structlog
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
SILENT_MILLISECONDS: Final = 20_000
"""How long a peer may leave what was sent to it unacknowledged, or its window shut."""
_SIGN_OF_LIFE: Final = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}


def listener(app: Any, settings: Settings) -> Server:
    """A server that listens once it serves."""
    server = Server(
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
    server.on_startup(lambda: _give_up_on_the_gone(server))
    return server


def allow_files(connections: int) -> None:
    """Raise the process's own limit on open files, where it would be reached before the one on connections."""
    wanted = connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning("listener.few_files", wanted=wanted, allowed=allowed, remedy="raise the hard limit on open files")


def _give_up_on_the_gone(server: Server) -> None:
    # connections inherit this from the socket that accepts them; granian has no setting for it
    descriptor: int = server._sfd  # type: ignore[assignment]  # noqa: SLF001
    with socket.socket(fileno=socket.dup(descriptor)) as accepting:
        accepting.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _SIGN_OF_LIFE.items():
            accepting.setsockopt(socket.IPPROTO_TCP, option, value)
        accepting.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MILLISECONDS)
