"""Serves the provider: a bounded number of threads, time limits on slow callers, a clean end on SIGTERM."""

import signal
import threading
from types import FrameType
from typing import Any

import structlog
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from deploy.local.identity.app import make_app
from deploy.local.identity.provider import make_provider
from deploy.local.identity.safeguards import refuse_unless_local
from deploy.local.identity.settings import Settings
from deploy.local.json_log import log_as_json

MOST_THREADS = 32
SLOWEST_CALLER = 10.0

log = structlog.get_logger("identity")


class QuietHandler(WSGIRequestHandler):
    """One caller's connection. The application writes the log line; a silent caller is let go."""

    timeout = SLOWEST_CALLER

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: the base class would log whole addresses, and they hold codes."""


class BoundedServer(ThreadedWSGIServer):
    """Werkzeug's threaded server with an upper limit: the next caller waits in the listen queue."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._free = threading.BoundedSemaphore(MOST_THREADS)
        super().__init__(*args, **kwargs)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()


def make_server(settings: Settings) -> BoundedServer:
    """A server that listens already; refuses where it would be dangerous."""
    refuse_unless_local(settings)
    app = make_app(make_provider(settings))
    return BoundedServer(settings.host, settings.port, app, handler=QuietHandler)


def serve(settings: Settings) -> None:
    """Serve until told to end."""
    log_as_json(settings.log_level)
    server = make_server(settings)

    def end(_signal: int, _frame: FrameType | None) -> None:
        # From another thread: shutdown waits for the loop that this very thread is in.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    log.info("serving", issuer=settings.issuer, port=settings.port)
    server.serve_forever()
    server.server_close()
    log.info("ended")
