"""A trusted issuer on loopback: serves its keys, and signs what a test wants."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from tests.support.gateway import MemoryIssuer


class LoopbackIssuer(MemoryIssuer):
    """Its keys can be fetched over HTTP, by discovery."""

    address: str = ""

    def token(self, *roles: str, **changes: Any) -> str:
        """A token of this issuer."""
        return super().token(*roles, **({"iss": self.address} | changes))


@contextmanager
def issuing() -> Iterator[LoopbackIssuer]:
    """An issuer that can be reached while the block lasts."""
    issuer = LoopbackIssuer()

    class Documents(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {
                "/.well-known/openid-configuration": {"issuer": issuer.address, "jwks_uri": f"{issuer.address}/jwks"},
                "/jwks": {"keys": [issuer.key.as_dict(private=False)]},
            }.get(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(orjson.dumps(found))

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
