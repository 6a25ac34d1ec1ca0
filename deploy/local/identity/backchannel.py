"""Tells the clients of a session that it is over (OpenID Connect Back-Channel Logout), so that they end theirs."""

import http.client
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import structlog
from joserfc import jwt

from deploy.local.identity.clients import Client
from deploy.local.identity.keys import KeyRing
from deploy.local.identity.sessions import SignedIn

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_LIFE = 120
PATIENCE = 3.0
PAUSES = (0.5, 2.0)
MOST_WAITING = 1000

log = structlog.get_logger("identity")
Send = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Backchannel:
    """Signs a logout token for each client that asked to be told, and has it sent."""

    issuer: str
    keys: KeyRing
    clients: Mapping[str, Client]
    send: Send

    def tell(self, signed_in: SignedIn, client_ids: frozenset[str]) -> None:
        """Every client of the session that can be told is told."""
        for client_id in sorted(client_ids):
            address = self.clients[client_id].backchannel_logout_uri
            if address:
                self.send(address, self.token(signed_in, client_id))

    def token(self, signed_in: SignedIn, client_id: str) -> str:
        """A logout token: no access and no identity, only that this session is over."""
        now = int(time.time())
        (key,) = self.keys.signing_keys().keys
        claims = {
            "iss": self.issuer,
            "sub": signed_in.person.name,
            "aud": client_id,
            "iat": now,
            "exp": now + TOKEN_LIFE,
            "jti": secrets.token_urlsafe(16),
            "sid": signed_in.sid,
            "events": {EVENT: {}},
        }
        return jwt.encode({"alg": "ES256", "kid": str(key.kid), "typ": "logout+jwt"}, claims, key, algorithms=["ES256"])


class Courier:
    """Sends in the background, one after the other, so that nobody who signs out waits for a client."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[str, str]] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def send(self, address: str, token: str) -> None:
        """Will be tried a few times, soon."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="backchannel", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait((address, token))
        except queue.Full:
            log.warning("logout_not_sent", reason="too many are waiting")

    def _work(self) -> None:
        while True:
            address, token = self._waiting.get()
            for pause in (*PAUSES, None):
                if (told := _post(address, token)) or pause is None:
                    log.info("logout_sent", told=told)
                    break
                time.sleep(pause)


def _post(address: str, token: str) -> bool:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "tellus-identity"}
        connection.request("POST", parts.path, urlencode({"logout_token": token}), headers)
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        log.warning("logout_unanswered", error=type(error).__name__)
        return False
    else:
        return answer.status in (HTTPStatus.OK, HTTPStatus.NO_CONTENT)
    finally:
        connection.close()
