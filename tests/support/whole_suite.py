"""The whole suite as it runs, spoken to from outside, and looked at behind."""

import json
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from deploy.local.identity.settings import Settings
from deploy.local.identity.tokens import forget_tokens, token_for
from deploy.local.places import Places
from deploy.local.settings import LocalSettings
from deploy.local.suite import services
from deploy.local.supervising import Supervisor
from tests.support.instance import Instance
from tests.support.servers import settings_of_the_test_instance

STORES: Mapping[str, tuple[str, ...]] = {
    "contacts": ("contact", "contact_change", "interaction"),
    "cases": ("case_type", "case_record", "case_event"),
    "notifications": ("template", "message"),
}
"""The tables whose rows say what was done."""
PROBLEM = "application/problem+json"
SECONDS = 30.0
T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, *, seconds: float = SECONDS) -> T:
    """What `look` finds, as soon as it finds something; fails saying what was never found."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)
    return found


@dataclass
class WholeSuite(Instance):
    """Everything, ready."""

    @property
    def address(self) -> str:
        """The gateway's."""
        return f"http://127.0.0.1:{self.base_port}"

    def token(self, person: str) -> str:
        """A development token."""
        return token_for(person, settings=Settings.from_environment(self.environment))

    def ask(
        self,
        person: str | None,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        version: int | None = None,
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> httpx.Response:
        """One request as somebody; POST under a key of its own unless told which, None for none."""
        sent = {"Authorization": f"Bearer {self.token(person)}"} if person else {}
        if method == "POST" and key is not None:
            sent["Idempotency-Key"] = key or uuid4().hex
        if version is not None:
            sent["If-Match"] = f'"v{version}"'
        if body is not None or raw is not None:
            sent["Content-Type"] = "application/json"
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        return httpx.request(
            method,
            f"{self.address}{path}",
            headers=sent | dict(headers or {}),
            content=content,
            params=params or None,
            timeout=30,
        )

    def done(self, person: str, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """The answer to a request that must be granted."""
        response = self.ask(person, method, path, body, **more)
        assert response.is_success, f"{person} {method} {path}: {response.status_code} {response.text}"
        answered: dict[str, Any] = response.json()
        return answered

    def everything(self, person: str, path: str, **params: Any) -> list[dict[str, Any]]:
        """Every item of a list."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.done(person, "GET", path, limit=100, **params)
            found += page["items"]
            if not page["next"]:
                return found
            params["cursor"] = page["next"]

    def contact(self, **fields: Any) -> dict[str, Any]:
        """A new contact."""
        return self.done("ada-agent", "POST", "/v1/contacts", {"name": "Test Person", **fields})

    def case(self, contact_id: str, **fields: Any) -> dict[str, Any]:
        """A new street-permit case."""
        data = {"purpose": "skip", "street": "Mill Row", "first_day": "2027-02-01", "last_day": "2027-02-02"}
        body = {"case_type": "street-permit", "contact_id": contact_id, "data": data, **fields}
        return self.done("ada-agent", "POST", "/v1/cases", body)

    def step(self, person: str, case: Mapping[str, Any], event: str, **more: Any) -> dict[str, Any]:
        """One step taken on a case."""
        body = {"event": event, **more}
        return self.done(person, "POST", f"/v1/cases/{case['id']}/events", body, version=case["version"])

    def decided(self, contact_id: str, *, assessment: str = "Fine.", comment: str = "All there.") -> dict[str, Any]:
        """A case that went all the way."""
        case = self.case(contact_id)
        case = self.step("carl-caseworker", case, "check_completeness", data={"complete": True}, comment=comment)
        case = self.step("carl-caseworker", case, "assess", data={"assessment": assessment, "advice": "grant"})
        return self.step("dana-decision-maker", case, "grant")

    def rows(self) -> dict[str, int]:
        """How many rows each table has that says what was done."""
        return {
            f"{service}.{table}": self.sql(service, f"SELECT count(*) FROM {table}")[0][0]
            for service, tables in STORES.items()
            for table in tables
        }

    def entries(self, **terms: Any) -> list[dict[str, Any]]:
        """The log's entries that match, each with its event taken out of the leaf."""
        found = self.everything("aude-auditor", "/v1/audit/entries", **terms)
        return [entry | {"event": json.loads(b64decode(entry["leaf"]))["event"]} for entry in found]

    def logged(self, process: str, *words: str) -> list[dict[str, Any]]:
        """The lines of a process's log that hold all of these words."""
        lines = (self.run_dir / "logs" / f"{process}.log").read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and all(word in line for word in words)]

    def letters(self, to: str) -> list[dict[str, Any]]:
        """What the sink holds for an address."""
        found: list[dict[str, Any]] = self.get(26, f"/messages?limit=1000&to={to}")["items"]
        return found


def of_the_test_instance() -> WholeSuite:
    """The suite on the instance that tests share, whether it runs or not."""
    settings = settings_of_the_test_instance()
    return WholeSuite(settings.run_dir, settings.base_port)


@contextmanager
def running(suite: WholeSuite) -> Iterator[WholeSuite]:
    """The whole suite with the code as it is now; what did not run before is stopped afterwards."""
    places = Places.of(LocalSettings(run_dir=suite.run_dir, base_port=suite.base_port))
    supervisor = Supervisor(places)
    names = [process.name for process in services(places)]
    before = {name for name, state in supervisor.states().items() if state.pid} if supervisor.is_running() else set()
    suite.tellus("up", "--no-install")
    if again := [name for name in names if name in before]:
        suite.tellus("restart", *again)
    forget_tokens()
    try:
        yield suite
    finally:
        supervisor.stop([name for name in names if name not in before])


def logs_of(suite: WholeSuite) -> list[Path]:
    """Every log file of every process, older ones too."""
    return sorted(file for file in (suite.run_dir / "logs").iterdir() if file.is_file())
