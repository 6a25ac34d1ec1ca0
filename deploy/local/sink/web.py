"""How requests arrive: the standard library's server, kept within limits."""

import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

import structlog

from deploy.local.loopback import is_loopback
from deploy.local.sink.answers import Answers
from deploy.local.sink.exchange import Answer, json_answer

MOST_BYTES = 64 * 1024
MOST_THREADS = 32
SLOWEST_CALLER = 15.0
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

log = structlog.get_logger("sink")


class Web(ThreadingHTTPServer):
    """A bounded number of callers at once; the next one waits in the listen queue."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answers: Answers) -> None:
        self.answers = answers
        self._free = threading.BoundedSemaphore(MOST_THREADS)
        super().__init__(address, Caller)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A caller who left early is no event; anything else is worth its name in the log."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            log.error("request failed", error=repr(error), exc_info=error)


class Caller(BaseHTTPRequestHandler):
    """One caller's connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Tellus"
    sys_version = ""
    timeout = SLOWEST_CALLER
    server: Web
    connection: socket

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses hold recipients."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """What the base class finds wrong is answered like everything else, and not repeated."""
        self.request_version = self.protocol_version
        self.close_connection = True
        status = HTTPStatus(code)
        self._send(json_answer({"error": f"{status.phrase}."}, status))

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        kind = self.headers.get("Content-Type", "")
        self._send(self.server.answers.to(self.command, self.path, kind, body))

    def _body(self) -> bytes | None:
        """What was sent, or none when that has been refused already."""
        problem = self._problem()
        if problem is None:
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        # What follows on this connection cannot be told apart from the next request.
        self.close_connection = True
        self._send(json_answer({"error": "The request is too large, unclear or not meant for this host."}, problem))
        return None

    def _problem(self) -> HTTPStatus | None:
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or len(lengths) > 1:
            return HTTPStatus.BAD_REQUEST
        if lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
            return HTTPStatus.BAD_REQUEST
        if lengths and (len(lengths[0]) > len(str(MOST_BYTES)) or int(lengths[0]) > MOST_BYTES):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        # Another site's name pointed at this machine must not reach the mail.
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return None if is_loopback(host.strip("[]")) else HTTPStatus.MISDIRECTED_REQUEST

    def _send(self, answer: Answer) -> None:
        if answer.fault.mode == "drop_after_data":
            self.close_connection = True
            return
        if answer.fault.mode == "slow":
            time.sleep(answer.fault.seconds)
        self.send_response(answer.status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
