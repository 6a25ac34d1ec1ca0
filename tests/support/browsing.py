"""A person's browser at a gateway that runs: it keeps cookies, follows redirects, and remembers all it was sent."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import httpx

from deploy.local.identity.page_forms import PageForm
from tests.support.issuers import RunningIssuer

SESSION = "__Host-tellus"
MOST_STEPS = 15


def _http() -> httpx.Client:
    client = httpx.Client(timeout=15, trust_env=False)

    def trust_loopback(_: httpx.Response) -> None:
        # To browsers loopback is a secure context; to cookiejar it is not, and would never get a Secure cookie back.
        for cookie in client.cookies.jar:
            cookie.secure = False

    client.event_hooks = {"response": [trust_loopback]}
    return client


@dataclass
class Browser:
    """One browser of one person."""

    issuer: RunningIssuer
    person: str
    http: httpx.Client = field(default_factory=_http)
    sent: list[httpx.Response] = field(default_factory=list)
    """What the gateway sent it."""

    @property
    def gateway(self) -> str:
        """Where it goes."""
        return self.issuer.gateway

    @property
    def session(self) -> str | None:
        """What it holds of the gateway."""
        return next((cookie.value for cookie in self.http.cookies.jar if cookie.name == SESSION), None)

    def sign_in(self, **wishes: str) -> httpx.Response:
        """What stands at the end of a sign-in, wherever it leads."""
        return self.follow(self.http.get(f"{self.gateway}/v1/session/login", params=wishes or {"return_to": "/v1/me"}))

    def away(self, **wishes: str) -> str:
        """The address that the gateway sends it to, without going there."""
        answer = self.seen(self.http.get(f"{self.gateway}/v1/session/login", params=wishes))
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return str(answer.headers["location"])

    def answered(self, address: str) -> str:
        """The address at the gateway that the issuer sends it back to, without going there."""
        answer = self.http.get(address)
        for _ in range(MOST_STEPS):
            if not answer.is_redirect:
                answer = self.issuer.fill_in(self.http, answer, self.person)
            target: str = urljoin(str(answer.url), answer.headers.get("location", ""))
            if target.startswith(f"{self.gateway}/"):
                return target
            assert answer.is_redirect, f"{answer.status_code} {answer.text[:500]}"
            answer = self.http.get(target)
        raise AssertionError(f"no end after {MOST_STEPS} steps, last at {answer.url}")

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Where redirects and the issuer's pages lead."""
        for _ in range(MOST_STEPS):
            at_gateway = str(answer.url).startswith(f"{self.gateway}/")
            if at_gateway:
                self.seen(answer)
            if answer.is_redirect:
                answer = self.http.get(urljoin(str(answer.url), answer.headers["location"]))
            elif at_gateway:
                return answer
            else:
                answer = self.issuer.fill_in(self.http, answer, self.person)
        raise AssertionError(f"no end after {MOST_STEPS} steps, last at {answer.url}")

    def get(self, path: str) -> httpx.Response:
        """As one of our own pages asks."""
        return self.seen(self.http.get(f"{self.gateway}{path}", headers={"Sec-Fetch-Site": "same-origin"}))

    def me(self) -> dict[str, Any]:
        """Who the gateway says this is."""
        answer = self.get("/v1/me")
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

    def change(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """As one of our own pages changes something."""
        own = {
            "Origin": self.gateway,
            "Sec-Fetch-Site": "same-origin",
            "Tellus-CSRF": "1",
            "Idempotency-Key": uuid4().hex,
        }
        return self.seen(self.http.request(method, f"{self.gateway}{path}", json=body, headers=own | headers))

    def leave_issuer(self, address: str) -> str:
        """Where the issuer sends it once the person agreed to leave."""
        answer = self.http.get(address)
        for _ in range(MOST_STEPS):
            if not answer.is_redirect:
                form = PageForm.of(answer.text)
                if not form.action:
                    return str(answer.url)
                answer = self.http.post(urljoin(str(answer.url), form.action), data=form.hidden | {"logout": "yes"})
                continue
            target = urljoin(str(answer.url), answer.headers["location"])
            if target.startswith(f"{self.gateway}/"):
                return target
            answer = self.http.get(target)
        raise AssertionError(f"no end after {MOST_STEPS} steps, last at {answer.url}")

    def seen(self, answer: httpx.Response) -> httpx.Response:
        """Remember what the gateway sent."""
        self.sent.append(answer)
        return answer
