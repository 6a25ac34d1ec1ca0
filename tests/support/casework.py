"""Gateway, contacts and cases as they run: what event logs go through."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.support.issuing import LoopbackIssuer, issuing
from tests.support.processes import ROOT, Process, Starter, free_port
from tests.support.servers import FreshDatabase, FreshVhost


@dataclass
class Casework:
    """Three services, their stores, and who may come in."""

    issuer: LoopbackIssuer
    address: str
    stores: dict[str, FreshDatabase]
    processes: dict[str, Process]

    def token(self, *roles: str, department: str = "city.permits") -> str:
        """A token of somebody with these roles."""
        return self.issuer.token(*roles, department=department)

    def ask(self, method: str, path: str, body: Any = None, *, role: str, version: int | None = None) -> httpx.Response:
        """One request, under a key of its own."""
        department = "city" if role == "agent" else "city.permits"
        headers = {"Authorization": f"Bearer {self.token(role, department=department)}"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        return httpx.request(method, f"{self.address}{path}", headers=headers, json=body, timeout=10)

    def tellus(self, *arguments: str, role: str = "migration") -> "subprocess.CompletedProcess[str]":
        """What an operator would see of `tellus ARGUMENTS`."""
        environment = os.environ | {"TELLUS_TOKEN": self.token(role), "NO_COLOR": "1", "COLUMNS": "200"}
        command = [sys.executable, "-c", "from tellus.main import app; app()", *arguments, "--gateway", self.address]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
        )


@contextmanager
def casework(processes: Starter, vhost: FreshVhost, stores: dict[str, FreshDatabase]) -> Iterator[Casework]:
    """The three, ready, for as long as the block lasts."""
    port = free_port()
    with issuing() as issuer:
        running = {
            name: processes.service(target, database_url=stores[name].url, vhost=vhost)
            for name, target in (
                ("contacts", "services.contacts.service:ContactsService"),
                ("cases", "services.cases.service:CasesService"),
            )
        }
        environment = {
            "PREFIX": "gateway",
            "GATEWAY_DATABASE_URL": stores["gateway"].url,
            "GATEWAY_AMQP_URL": vhost.amqp_url,
            "GATEWAY_SIGNING_KEY": processes.keys.private["gateway"],
            "GATEWAY_ISSUERS": json.dumps([{"issuer": issuer.address, "kind": "by_role"}]),
            "GATEWAY_PORT": str(port),
        }
        gateway = processes.start("gateway", "-m", "services.gateway.processes.serve", environment=environment)
        running["gateway"] = gateway.await_ready()
        yield Casework(issuer, f"http://127.0.0.1:{port}", stores, running)
