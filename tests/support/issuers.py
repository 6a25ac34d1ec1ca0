"""Issuers that a gateway can be told to trust: the local provider, and one that somebody else wrote."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml
from joserfc.jwk import ECKey

from deploy.local.identity import flows
from deploy.local.identity.client_keys import make_client_key, private_key
from deploy.local.identity.page_forms import PageForm
from deploy.local.identity.people import client_key_file
from deploy.local.identity.settings import Settings as LocalSettings
from services.gateway.settings import Issuer
from tests.support.processes import ROOT, free_port

INDEPENDENT: Final = ROOT / "tests" / "oidc" / "issuer"
PEOPLE: Final = ROOT / "deploy" / "local" / "identity" / "people.yaml"
LEVELS: Final = {"aal1": "aal1", "aal2": "aal2"}
GATEWAY: Final = "tellus-gateway"
DEADLINE: Final = 20.0
OLDEST_NODE: Final = 20


@cache
def why_not_independent() -> str:
    """Why the independent issuer cannot be started here; empty where it can."""
    node = shutil.which("node")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout if node else ""
    if not (version := re.match(r"v(\d+)\.", told)) or int(version[1]) < OLDEST_NODE:
        return f"Node {OLDEST_NODE} or newer is not on this machine, and the independent issuer runs on it"
    if not (INDEPENDENT / "node_modules").is_dir():
        return "the independent issuer is not installed: `make test-oidc` does it"
    return ""


@dataclass
class RunningIssuer(ABC):
    """One issuer in a process of its own. Tests know no more of it than a gateway is told by settings."""

    folder: Path
    gateway: str
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Its `iss`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    @abstractmethod
    def settings(self) -> Issuer:
        """What a gateway is told of it."""

    @property
    @abstractmethod
    def gateway_key(self) -> ECKey:
        """The private key by which it knows the gateway."""

    @abstractmethod
    def system_key(self, client_id: str) -> ECKey:
        """The private key by which it knows a system."""

    @abstractmethod
    def fill_in(self, browser: httpx.Client, page: httpx.Response, person: str) -> httpx.Response:
        """What follows the pages that it shows to somebody who signs in."""

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it."""

    @abstractmethod
    def rotate(self) -> None:
        """From now on another key signs; the old one can still be found."""

    def environment(self) -> dict[str, str]:
        """The variables that it is started with."""
        return dict(os.environ)

    def start(self) -> None:
        """It answers."""
        log = (self.folder / f"issuer-{self.port}.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment(), stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the issuer ended:\n{Path(log.name).read_text()[-2000:]}"
            try:
                if httpx.get(f"{self.address}/.well-known/openid-configuration", timeout=1).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"no issuer within {DEADLINE:.0f} s:\n{Path(log.name).read_text()[-2000:]}")

    def stop(self) -> None:
        """Nobody answers any more."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(DEADLINE)


@dataclass
class LocalIssuer(RunningIssuer):
    """The provider of `tellus up`."""

    @property
    def local(self) -> LocalSettings:
        """Its own settings."""
        return LocalSettings.from_environment(self._variables())

    @property
    def settings(self) -> Issuer:
        return Issuer(
            issuer=self.address, kind="by_role", assurance=LEVELS, client_id=GATEWAY, scopes=("openid", "tellus")
        )

    @property
    def gateway_key(self) -> ECKey:
        return self.system_key(GATEWAY)

    def system_key(self, client_id: str) -> ECKey:
        return private_key(client_key_file(self.local, client_id))

    def fill_in(self, browser: httpx.Client, page: httpx.Response, person: str) -> httpx.Response:
        return flows.fill_in(browser, page, person, self.local)

    def command(self) -> list[str]:
        return [sys.executable, "-m", "deploy.local.identity"]

    def environment(self) -> dict[str, str]:
        return super().environment() | self._variables()

    def rotate(self) -> None:
        done = subprocess.run(
            [*self.command(), "rotate"], cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def _variables(self) -> dict[str, str]:
        return {
            "IDENTITY_DEVELOPMENT": "yes",
            "IDENTITY_PORT": str(self.port),
            "IDENTITY_GATEWAY": self.gateway,
            "IDENTITY_CODES_ONCE": "no",  # tests sign in more often than every half minute
            "TELLUS_RUN_DIR": str(self.folder),
            "TELLUS_SECRETS_DIR": str(self.folder / "secrets"),
        }


@dataclass
class IndependentIssuer(RunningIssuer):
    """A certified issuer from elsewhere, with the same people and clients."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [_signing_key()])
    cookie_key: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def settings(self) -> Issuer:
        return Issuer(
            issuer=self.address, kind="by_role", assurance=LEVELS, client_id=GATEWAY, scopes=("openid", "tellus")
        )

    @property
    def gateway_key(self) -> ECKey:
        return self.system_key(GATEWAY)

    def system_key(self, client_id: str) -> ECKey:
        return private_key(self.folder / f"{client_id}.jwk")

    def fill_in(self, browser: httpx.Client, page: httpx.Response, person: str) -> httpx.Response:
        # A name is all it asks for; other pages send themselves.
        form = PageForm.of(page.text)
        assert form.action is not None, f"{person} was shown: {page.status_code} {page.text[:500]}"
        return browser.post(form.action or str(page.url), data=form.hidden | {"logout": "yes", "person": person})

    def command(self) -> list[str]:
        file = self.folder / "issuer.json"
        file.write_text(json.dumps(self._told()))
        node = shutil.which("node")
        assert node is not None
        return [node, str(INDEPENDENT / "server.mjs"), str(file)]

    def rotate(self) -> None:
        self.keys.insert(0, _signing_key())
        self.stop()
        self.start()

    def _told(self) -> dict[str, Any]:
        known = yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))
        people = {one["name"]: {"roles": one["roles"], "department": one["department"]} for one in known["people"]}
        systems = {
            one["id"]: {"roles": one["roles"], "department": one["department"]}
            for one in known["clients"]
            if "roles" in one
        }
        return {
            "issuer": self.address,
            "port": self.port,
            "audience": "tellus",
            "resource": "urn:tellus:api",
            "jwks": {"keys": self.keys},
            "cookie_key": self.cookie_key,
            "people": people,
            "systems": systems,
            "clients": [self._client(one) for one in known["clients"]],
        }

    def _client(self, known: dict[str, Any]) -> dict[str, Any]:
        client: dict[str, Any] = {"client_id": known["id"], "grant_types": known["grants"]}
        client["response_types"] = ["code"] if "authorization_code" in known["grants"] else []
        for name in ("redirect_uris", "post_logout_redirect_uris"):
            client[name] = [uri.replace("{gateway}", self.gateway) for uri in known.get(name, [])]
        if address := known.get("backchannel_logout_uri"):
            client["backchannel_logout_uri"] = address.replace("{gateway}", self.gateway)
            client["backchannel_logout_session_required"] = True
        if known["grants"] == ["authorization_code"]:
            return client | {"token_endpoint_auth_method": "none"}
        registered = self.folder / f"{known['id']}.jwks.json"
        make_client_key(self.folder / f"{known['id']}.jwk", registered)
        return client | {
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "jwks": json.loads(registered.read_text()),
        }


def _signing_key() -> dict[str, Any]:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return dict(key.as_dict(private=True))


ISSUERS: Final[dict[str, type[RunningIssuer]]] = {"local": LocalIssuer, "oidc-provider": IndependentIssuer}


@contextmanager
def running(name: str, folder: Path) -> Iterator[RunningIssuer]:
    """An issuer of this kind that answers; skips the test where there can be none."""
    if name != "local" and (reason := why_not_independent()):
        pytest.skip(reason)
    issuer = ISSUERS[name](folder, f"http://127.0.0.1:{free_port()}")
    try:
        issuer.start()
        yield issuer
    finally:
        issuer.stop()
