"""While a real log is replayed everything is killed and restarted: nothing is lost, nothing is done twice.

TELLUS_CHAOS=full replays the whole log with every fault, the broker away for longer than the retry ladder included.
Otherwise a beginning of the log meets a shorter round of faults.
"""

import gzip
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import httpx
import pytest
import yaml
from rich.console import Console
from rich.table import Table

from deploy.local.bringing_up import start_processes
from deploy.local.identity.settings import Settings as IdentitySettings
from deploy.local.identity.tokens import token_for
from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.steps import Steps
from deploy.local.suite import planned
from deploy.local.supervising import Supervisor
from shared.events.topology import RETRY_SECONDS
from tests.support.instance import PRODUCERS, Instance, until
from tests.support.processes import ROOT

FULL = os.environ.get("TELLUS_CHAOS") == "full"
LOG = ROOT.parent / "shared" / "data" / "eventlogs" / "receipt.xes.gz"
BUNDLE = ROOT / "services" / "cases" / "bundles" / "receipt-migration.yaml"
TRACES = 1434 if FULL else 100
KINDS = (
    "cases-rpc",
    "contacts-rpc",
    "gateway",
    "relay",
    "audit-sequencer",
    "audit-publisher",
    "notifications-events",
    "notifications-sender",
    "notifications-rpc",
    "audit-rpc",
)
SETTLE_SECONDS = 240.0
console = Console(width=110)


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    if not LOG.exists():
        pytest.skip(f"the real event log is not here: {LOG.relative_to(ROOT.parent)}")
    suite = Instance.named("chaos", 30_000)
    suite.tellus("up")
    yield suite
    suite.tellus("down", "--forget")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migration bundle, but every opened case is announced by email: faults must not send twice."""
    content = yaml.safe_load(BUNDLE.read_text(encoding="utf-8"))
    content |= {"key": "receipt-chaos", "templates": {"opened": "case-opened"}}
    path = tmp_path_factory.mktemp("bundle") / "receipt-chaos.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


@dataclass
class Fault:
    """Something that is done to the suite while it works."""

    name: str
    strike: Callable[[Instance], object]


def kill(name: str) -> Fault:
    return Fault(f"SIGKILL {name}", lambda suite: suite.kill(name))


def restart(name: str) -> Fault:
    return Fault(f"restart {name}", lambda suite: suite.tellus("restart", name))


def drop_connections(suite: Instance) -> None:
    """Broker and database close every connection."""
    url = suite.secret("tellus_management_url")
    connections = f"{url}/api/connections"
    until(lambda: answers(connections), seconds=60, what="the broker's management API is away")
    for connection in httpx.get(connections, timeout=10).json():
        httpx.delete(f"{connections}/{quote(connection['name'])}", timeout=10)
    suite.sql_superuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'tellus%'")


def answers(url: str) -> bool:
    """Whether somebody is there."""
    try:
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def broker_away_for_longer_than_the_ladder(suite: Instance) -> None:
    """The broker is down for longer than a failing message would climb."""
    places = Places(suite.run_dir, Ports(suite.base_port))
    Supervisor(places).stop(["rabbitmq"])
    time.sleep(sum(RETRY_SECONDS) + 30)
    start_processes(places, [p for p in planned(places) if p.name == "rabbitmq"], Steps())


def faults() -> list[Fault]:
    chosen = [kill(name) for name in KINDS]
    chosen += [restart("postgres"), restart("rabbitmq"), Fault("drop every connection", drop_connections)]
    if FULL:
        chosen += [kill(name) for name in KINDS] + [Fault("broker away 700 s", broker_away_for_longer_than_the_ladder)]
        chosen += [kill("postgres"), kill("rabbitmq")]
    return chosen


def test_nothing_is_lost_and_nothing_is_done_twice(instance: Instance, bundle: Path, tmp_path: Path) -> None:
    add_template(instance)
    output = tmp_path / "replay.json"
    arguments = ["cases", "replay", str(LOG), "--bundle", str(bundle), "--limit", str(TRACES), "--json"]
    arguments += ["--case-type", "receipt-chaos", "--emails", "example.org", "--patience", "1500", "--source", "chaos"]
    replay = instance.begin(*arguments, output=output)
    struck: list[str] = []
    try:
        for fault in faults():
            time.sleep(2 if FULL else 1)
            if replay.poll() is not None and not FULL:
                replay = instance.begin(*arguments[:-1], f"chaos{len(struck)}", output=tmp_path / f"{len(struck)}.json")
            fault.strike(instance)
            struck.append(fault.name)
        assert replay.wait(1_800) == 0, output.read_text()[-4000:]
    finally:
        if replay.poll() is None:
            replay.kill()
    again = instance.begin(*arguments, output=output)
    assert again.wait(1_800) == 0, output.read_text()[-4000:]
    settle(instance)
    report = judge(instance, struck)
    show(report)
    assert report["lost"] == 0, report
    assert report["doubled"] == 0, report
    assert report["parked"] == 0, report
    assert report["gaps"] == 0, report
    verified = instance.tellus("audit", "verify", "--json", check=False)
    assert verified.returncode == 0, verified.stdout


def add_template(suite: Instance) -> None:
    settings = IdentitySettings.from_environment(suite.environment)
    response = httpx.post(
        f"http://127.0.0.1:{suite.base_port}/v1/templates",
        headers={
            "Authorization": f"Bearer {token_for('kira-knowledge-editor', settings=settings)}",
            "Idempotency-Key": "chaos-template",
        },
        json={"key": "case-opened", "subject": "Your case ((reference))", "body": "We opened ((reference))."},
        timeout=10,
    )
    assert response.status_code == 201, response.text


def settle(suite: Instance) -> None:
    """Wait until everything that was accepted has gone all the way, by itself."""

    def settled() -> Any:
        for producer in PRODUCERS:
            ((waiting,),) = suite.sql(producer, "SELECT count(*) FROM outbox WHERE sequence IS NULL")
            ((numbered, published),) = suite.sql(producer, "SELECT numbered, published FROM stream")
            if waiting or numbered != published:
                return f"{producer} has {waiting} to number, {numbered - published} to publish"
        if recorded(suite) != told(suite):
            return f"{told(suite)} told, {recorded(suite)} on record"
        counts = {row[0]: row[1] for row in suite.sql("notifications", MESSAGES)}
        if counts.get("queued", 0) or counts.get("sending", 0):
            return f"messages: {counts}"
        return True

    until(settled, seconds=SETTLE_SECONDS, what="it did not settle")


MESSAGES = "SELECT status, count(*) FROM message GROUP BY status"


def told(suite: Instance) -> dict[str, int]:
    """How many facts each producer has numbered."""
    return {p: suite.sql(p, "SELECT numbered FROM stream")[0][0] for p in PRODUCERS}


def recorded(suite: Instance) -> dict[str, int]:
    """How many different facts of each producer are in the log."""
    found = dict(suite.sql("audit", "SELECT producer, count(*) FROM entry_key GROUP BY producer"))
    return {p: found.get(p, 0) for p in PRODUCERS}


def judge(suite: Instance, struck: list[str]) -> dict[str, Any]:
    """What was asked against what is there."""
    asked = asked_for()
    cases = dict(suite.sql("cases", "SELECT external_reference, id FROM case_record WHERE source = 'chaos'"))
    steps = dict(
        suite.sql(
            "cases",
            "SELECT c.external_reference, count(*) FROM case_event e JOIN case_record c ON c.id = e.case_id "
            "WHERE c.source = 'chaos' AND e.event <> 'opened' GROUP BY 1",
        )
    )
    lost = sum(1 for name in asked if name not in cases)
    lost += sum(max(0, count - steps.get(name, 0)) for name, count in asked.items())
    doubled = sum(max(0, steps.get(name, 0) - count) for name, count in asked.items())
    doubled += suite.sql("audit", "SELECT count(*) - count(DISTINCT event_id) FROM entry")[0][0]
    messages = {row[0]: row[1] for row in suite.sql("notifications", MESSAGES)}
    due = suite.sql("cases", "SELECT count(*) FROM case_record")[0][0]
    inbox = suite.get(26, "/counts")
    doubled += inbox["duplicates"]
    delivered = inbox["emails"] - inbox["duplicates"]
    sent, unknown = messages.get("sent", 0), messages.get("unknown", 0)
    lost += abs(due - sent - unknown) + max(0, sent - delivered)
    parked = suite.tellus("events", "parked", "--json", check=False).stdout.splitlines()
    return {
        "faults": struck,
        "traces": len(asked),
        "steps asked": sum(asked.values()),
        "steps done": sum(steps.values()),
        "facts told": sum(told(suite).values()),
        "facts on record": sum(recorded(suite).values()),
        "mails due": due,
        "mails sent": sent,
        "outcome unknown": unknown,
        "mails in the sink": delivered,
        "lost": lost,
        "doubled": doubled,
        "parked": len(parked),
        "gaps": suite.sql("audit", "SELECT count(*) FROM gap WHERE closed_at IS NULL")[0][0],
    }


def asked_for() -> dict[str, int]:
    """The traces that were replayed, and how many events each has, read from the log itself."""
    found: dict[str, int] = {}
    with gzip.open(LOG) as file:
        for _, element in ET.iterparse(file):
            if element.tag.rpartition("}")[2] == "trace":
                name = next(c.get("value") for c in element if c.get("key") == "concept:name")
                found[str(name)] = sum(1 for c in element if c.tag.rpartition("}")[2] == "event")
                element.clear()
            if len(found) == TRACES:
                break
    return found


def show(report: dict[str, Any]) -> None:
    """The table."""
    table = Table("measure", "value", title=f"Chaos: {len(report['faults'])} faults while a real log was replayed")
    for key, value in report.items():
        table.add_row(key, ", ".join(value) if isinstance(value, list) else str(value))
    console.print(table)
    console.print(f"lost {report['lost']}, doubled {report['doubled']}")
