"""Ready means now: the store is asked, not remembered; and a process that lost a part of itself ends."""

import json
import time
from collections.abc import Callable

import pytest

from tests.integration.gateway.test_process import Running, gateway
from tests.integration.gateway.test_recording import reopen, shut
from tests.support.processes import Starter, free_port
from tests.support.servers import FreshDatabase, FreshVhost

__all__ = ["gateway"]
NOTICED_SECONDS = 4.0
A_PART_FAILS = """
import asyncio
from services.gateway.adapters.access_log import AccessLog
from services.gateway.processes import serve

async def fails(self):
    await asyncio.sleep(0.5)
    raise RuntimeError

AccessLog.run = fails
serve.main()
"""


def test_an_outage_is_noticed_before_anybody_asks_for_anything(gateway: Running) -> None:
    shut(gateway.store)
    deadline = time.monotonic() + NOTICED_SECONDS
    while gateway.process.ready():
        assert time.monotonic() < deadline, "still ready"
        time.sleep(0.05)

    reopen(gateway.store)
    gateway.process.await_ready()
    first = gateway.ask("GET", "/v1/me", role="auditor")  # somebody new: both connections to the store are needed
    assert (first.status_code, first.json()["roles"]) == (200, ["auditor"])


@pytest.mark.usefixtures("vhost")
def test_a_process_that_loses_a_part_of_itself_says_so_and_ends(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    environment = {
        "PREFIX": "gateway",
        "GATEWAY_DATABASE_URL": database("gateway").url,
        "GATEWAY_AMQP_URL": vhost.amqp_url,
        "GATEWAY_SIGNING_KEY": processes.keys.private["gateway"],
        "GATEWAY_ISSUERS": json.dumps([{"issuer": "http://127.0.0.1:1", "kind": "by_role"}]),
        "GATEWAY_PORT": str(free_port()),
    }
    process = processes.start("gateway", "-c", A_PART_FAILS, environment=environment)

    assert process.popen.wait(30) == 1
    ended = [line for line in process.lines() if line["event"] == "process.task_ended"]
    assert [(line["name"], line["error"]) for line in ended] == [("access log", "RuntimeError")]
