"""The floor under the gateway: the same server with nothing behind it (`python -m tests.performance.bare PORT`)."""

import asyncio
import sys

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from starlette.types import Receive, Scope, Send

BODY = b'{"id":"019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01","kind":"person","name":"Somebody","email":"somebody@example.org"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def answer(_: Scope, __: Receive, send: Send) -> None:
    """The same to everybody."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


async def serve(port: int) -> None:
    """Serve until killed."""
    server = Server(
        answer,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    await server.serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
