"""`python -m tests.performance.revocation`: how long after somebody left are they still let in, on two gateways?"""

import base64
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import httpx
from rich.table import Table

from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.suite import common_environment
from tests.performance.figures import Figure, console, running, step
from tests.support.instance import Instance, until
from tests.support.processes import ROOT

ROUNDS: Final = 20
PATIENCE_SECONDS: Final = 10.0
SECOND_GATEWAY, SECOND_HEALTH = 98, 97
"""Offsets from the instance's base port that nobody else has."""


def main() -> int:
    """Measure; answers with 1 where somebody was let in for longer than a second."""
    with running("bench-revocation", 19_500) as suite:
        found = list(figures(suite))
    table = Table("figure", "measured", "bound", "")
    for figure in found:
        table.add_row(*figure.cells())
    console.print(table)
    return 0 if all(figure.kept is not False for figure in found) else 1


def figures(suite: Instance) -> Iterator[Figure]:
    """Somebody leaves and comes back many times; both gateways are asked without a pause until they notice."""
    hers, his = (suite.tellus("token", name).stdout.strip() for name in ("abel-administrator", "carl-caseworker"))
    with step("a second gateway"), second_gateway(suite) as port:
        addresses = [f"http://127.0.0.1:{suite.base_port}", f"http://127.0.0.1:{port}"]
        staff_id = provisioned(addresses[0], hers, his)
        left, back = [], []
        for _ in range(ROUNDS):
            left.append(seconds_until(addresses, hers, his, f"/v1/staff/{staff_id}/deactivate", 401))
            back.append(seconds_until(addresses, hers, his, f"/v1/staff/{staff_id}/reactivate", 200))
    yield Figure("Leaver refused by both gateways after, p50", statistics.median(left) * 1000, "ms")
    yield Figure("Leaver refused by both gateways after, longest", max(left) * 1000, "ms", 1_000, most=True)
    yield Figure("Returner let in by both gateways after, longest", max(back) * 1000, "ms", 1_000, most=True)


@contextmanager
def second_gateway(suite: Instance) -> Iterator[int]:
    """Another replica of the instance's gateway, ready."""
    port, health = suite.base_port + SECOND_GATEWAY, suite.base_port + SECOND_HEALTH
    told = common_environment(Places(suite.run_dir, Ports(suite.base_port)))
    environment = {**os.environ, **told, "GATEWAY_PORT": str(port), "GATEWAY_HEALTH_PORT": str(health)}
    command = [sys.executable, "-m", "services.gateway.processes.serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: _ready(health), seconds=30, what="the second gateway is ready")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def provisioned(address: str, hers: str, his: str) -> str:
    """The id of whom a token speaks of, who is known to the directory."""
    subject = json.loads(base64.urlsafe_b64decode(his.split(".")[1] + "=="))["sub"]
    wish = {"user_name": subject, "display_name": "Carl Example", "department": "city.permits"}
    _post(address, hers, "/v1/staff", wish)
    me = httpx.get(f"{address}/v1/me", headers={"authorization": f"Bearer {his}"}, timeout=10)
    return str(me.json()["id"])


def seconds_until(addresses: list[str], hers: str, his: str, path: str, status: int) -> float:
    """How long after a change was answered the last of the gateways answers with this status."""
    asking = {"authorization": f"Bearer {his}"}
    clients = [httpx.Client(base_url=address, headers=asking, timeout=10) for address in addresses]
    _post(addresses[0], hers, path, {})
    begun, waiting = time.perf_counter(), list(clients)
    while waiting and time.perf_counter() < begun + PATIENCE_SECONDS:
        waiting = [client for client in waiting if client.get("/v1/me").status_code != status]
    took = time.perf_counter() - begun
    for client in clients:
        client.close()
    return took if not waiting else float("inf")


def _post(address: str, token: str, path: str, body: dict[str, Any]) -> None:
    headers = {
        "authorization": f"Bearer {token}",
        "idempotency-key": uuid4().hex,
        "tellus-purpose": "staff_administration",
    }
    answer = httpx.post(f"{address}{path}", json=body, headers=headers, timeout=10)
    assert answer.is_success or answer.json()["code"] == "staff.exists", answer.text


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    sys.exit(main())
