"""Starts the suite's own processes for a test, on its own database and virtual host, and ends them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OKPKey

from shared.authz.token import Signer
from tests.support.servers import FreshVhost

ROOT = Path(__file__).parent.parent.parent
READY_SECONDS = 30.0


@dataclass
class Keys:
    """A key pair for each service, and the public set in a file."""

    folder: Path
    private: dict[str, str]

    @property
    def jwks(self) -> Path:
        """The public keys."""
        return self.folder / "transaction.jwks.json"

    def signer(self, service: str = "gateway") -> Signer:
        """Signs transaction tokens as one service."""
        return Signer(service, self.private[service])


@dataclass
class Process:
    """One running process."""

    name: str
    popen: "subprocess.Popen[str]"
    health_port: int
    log: Path

    def ready(self) -> bool:
        """Whether it says so."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.health_port}/readyz", timeout=2).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def await_ready(self, seconds: float = READY_SECONDS) -> "Process":
        """Wait until it is ready; fails with its log where it does not become so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.popen.poll() is not None:
                pytest.fail(f"{self.name} ended with {self.popen.returncode}:\n{self.log.read_text()[-4000:]}")
            if self.ready():
                return self
            time.sleep(0.05)
        pytest.fail(f"{self.name} was not ready within {seconds} s:\n{self.log.read_text()[-4000:]}")

    def await_unready(self, seconds: float) -> None:
        """Wait until it says that it should not be sent anything."""
        deadline = time.monotonic() + seconds
        while self.ready():
            assert time.monotonic() < deadline, f"{self.name} still says that it is ready after {seconds:g} s"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: no farewell."""
        self.popen.kill()
        self.popen.wait()

    def stop(self, seconds: float = 30) -> int:
        """SIGTERM, and its exit status."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(seconds)

    def lines(self) -> list[dict[str, object]]:
        """What it logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


Start = Callable[..., Process]


@dataclass
class Starter:
    """Starts processes and remembers them."""

    folder: Path
    keys: Keys
    started: list[Process] = field(default_factory=list)

    def start(self, name: str, *command: str, environment: dict[str, str]) -> Process:
        """A process with these settings and a health port of its own; the prefixed port is added for it."""
        port = free_port()
        log = self.folder / f"{name}-{len(self.started)}.log"
        prefix = environment.pop("PREFIX").upper()
        variables = {k: v for k, v in os.environ.items() if not k.startswith("TELLUS_")} | environment
        variables |= {
            f"{prefix}_HEALTH_PORT": str(port),
            f"{prefix}_TRANSACTION_KEYS": str(self.keys.jwks),
            "PYTHONUNBUFFERED": "1",
            "PSYCOPG_WAIT_FUNC": "wait_selector",
        }
        with log.open("w") as out:
            popen = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=variables, stdout=out, stderr=subprocess.STDOUT, text=True
            )
        process = Process(name, popen, port, log)
        self.started.append(process)
        return process

    def service(self, target: str, *, database_url: str, vhost: FreshVhost, **more: str) -> Process:
        """A nameko process of `services.<x>.service:<Class>`, ready."""
        service = target.split(".")[1] if target.startswith("services.") else "contacts"
        prefix = service.upper()
        environment = {
            "PREFIX": prefix,
            f"{prefix}_DATABASE_URL": database_url,
            f"{prefix}_AMQP_URL": vhost.amqp_url,
            f"{prefix}_SIGNING_KEY": self.keys.private[service],
        } | {f"{prefix}_{key.upper()}": value for key, value in more.items()}
        process = self.start(service, "-m", "shared.rpc.process", target, environment=environment)
        return process.await_ready()

    def relay(self, stores: dict[str, str], vhost: FreshVhost, *, ready: bool = True, **more: str) -> Process:
        """A relay of these stores (service: database url), ready unless told not to wait for it."""
        environment = {"PREFIX": "relay"}
        for service, url in stores.items():
            prefix = service.upper()
            environment |= {
                f"{prefix}_DATABASE_URL": url,
                f"{prefix}_AMQP_URL": vhost.amqp_url,
                f"{prefix}_MANAGEMENT_URL": vhost.management_url,
                f"{prefix}_SIGNING_KEY": self.keys.private[service],
                f"{prefix}_TRANSACTION_KEYS": str(self.keys.jwks),
            } | {f"{prefix}_{key.upper()}": value for key, value in more.items()}
        relay = self.start("relay", "-m", "shared.events.relay", *stores, environment=environment)
        return relay.await_ready() if ready else relay


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Signing keys for a test run."""
    folder = tmp_path_factory.mktemp("keys")
    private, public = {}, []
    for service in ("contacts", "cases", "notifications", "audit", "gateway"):
        key = OKPKey.generate_key("Ed25519", {"kid": service}, private=True)
        private[service] = json.dumps(key.as_dict(private=True))
        public.append(key.as_dict(private=False))
    (folder / "transaction.jwks.json").write_text(json.dumps({"keys": public}))
    return Keys(folder, private)


@pytest.fixture
def processes(tmp_path: Path, keys: Keys) -> Iterator[Starter]:
    """Starts processes; whatever still runs at the end is ended."""
    with starting(tmp_path, keys) as starter:
        yield starter


@contextmanager
def starting(folder: Path, keys: Keys) -> Iterator[Starter]:
    """The same for as long as it is wanted, for fixtures that several tests share."""
    starter = Starter(folder, keys)
    try:
        yield starter
    finally:
        for process in starter.started:
            if process.popen.poll() is None:
                process.popen.kill()
                process.popen.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
