"""A real municipal event log goes in through the gateway and comes out the same, however often it is sent."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tellus.xes.log import Trace, Unreadable
from tellus.xes.reading import read
from tests.support.cases import APPLICATION, BUNDLES
from tests.support.casework import Casework, casework
from tests.support.processes import ROOT, Starter
from tests.support.servers import FreshDatabase, FreshVhost

RECEIPT = ROOT.parent / "shared" / "data" / "eventlogs" / "receipt.xes.gz"
BUNDLE = BUNDLES / "receipt-migration.yaml"
SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <trace><string key="concept:name" value="one"/><float key="cost" value="NaN"/><int key="size" value="{huge}"/>
    <event><string key="concept:name" value="Ask"/><date key="time:timestamp" value="2020-02-01T10:00:00.5+02:00"/></event>
    <event><string key="concept:name" value="Give &amp; take"/><string key="org:resource" value="Siân"/>
      <date key="time:timestamp" value="2020-02-01T10:00:00.5+02:00"/></event>
  </trace>
  <trace><string key="concept:name" value="broken"/>
    <event><string key="concept:name" value="Ask"/><date key="time:timestamp" value="yesterday"/></event>
  </trace>
  <trace><string key="concept:name" value="three"/>
    <event><string key="concept:name" value="Ask"/><date key="time:timestamp" value="2021-02-01T10:00:00Z"/></event>
  </trace>
</log>
""".format(huge="9" * 400)


@pytest.fixture
def suite(processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]) -> Iterator[Casework]:
    stores = {name: database(name) for name in ("contacts", "cases", "gateway")}
    with casework(processes, vhost, stores) as running:
        yield running


def sequences(log: Path) -> dict[str, list[tuple[str, str | None, float]]]:
    found = [trace for trace in read(log) if isinstance(trace, Trace)]
    return {t.name: [(h.activity, h.resource, h.at.timestamp()) for h in t.happenings] for t in found}


def rows(store: FreshDatabase, table: str) -> int:
    with psycopg.connect(store.url.replace("+psycopg", "")) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.skipif(not RECEIPT.exists(), reason="the event log is not here: ../shared/data/eventlogs")
def test_a_real_log_goes_in_and_comes_out_the_same(suite: Casework, tmp_path: Path) -> None:
    wanted = dict(list(sequences(RECEIPT).items())[:40])
    replay = ("cases", "replay", str(RECEIPT), "--bundle", str(BUNDLE), "--limit", "40", "--json")

    first = suite.tellus(*replay, "--emails", "example.org")
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    steps = sum(len(events) for events in wanted.values())
    assert (told["traces"], told["cases_answered"], told["steps_answered"], told["failed"]) == (40, 40, steps, [])

    again = suite.tellus(*replay)  # other options, so other keys: found by reference, and finished
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert (told["cases_answered"], told["cases_known"]) == (0, 40)
    assert (told["steps_answered"], told["steps_known"]) == (0, steps)
    assert rows(suite.stores["cases"], "case_record") == rows(suite.stores["contacts"], "contact") == 40
    assert rows(suite.stores["cases"], "case_event") == 40 + steps

    out = tmp_path / "out.xes.gz"
    exported = suite.tellus("cases", "export", "--xes", str(out), "--case-type", "receipt-migration", "--json")
    assert exported.returncode == 0, exported.stderr
    assert json.loads(exported.stdout) == {"cases": 40, "events": steps, "file": str(out)}
    assert sequences(out) == wanted


def test_a_broken_trace_is_named_and_the_rest_goes_in_or_nothing(suite: Casework, tmp_path: Path) -> None:
    log, bundle = tmp_path / "small.xes", tmp_path / "small.yaml"
    log.write_text(SMALL)
    replay = ("cases", "replay", str(log), "--bundle", str(bundle), "--source", "old", "--json")
    bundle.write_text(BUNDLE.read_text())

    unlisted = suite.tellus(*replay)
    assert unlisted.returncode == 1
    assert "no event of this title: Ask (line 4); Give & take (line 5)" in unlisted.stderr

    nothing = suite.tellus(*replay, "--all-or-nothing")
    assert nothing.returncode == 1
    assert "Nothing was sent: line 9: time:timestamp is no date and time" in nothing.stderr
    assert rows(suite.stores["cases"], "case_record") == 0

    bundle.write_text(
        "key: small\ntitle: Small\npermissive: true\nstates: [{key: in, title: In}]\nevents:\n"
        "  - {key: ask, title: Ask, to: in}\n  - {key: give-take, title: Give & take, to: in}\n"
    )
    rest = suite.tellus(*replay)
    assert rest.returncode == 1, rest.stdout
    told = json.loads(rest.stdout)
    assert (told["traces"], told["steps_answered"], told["failed"]) == (2, 3, [])
    assert told["unreadable"] == ["line 9: time:timestamp is no date and time"]
    out = tmp_path / "out.xes"
    assert suite.tellus("cases", "export", "--xes", str(out), "--source", "old").returncode == 0
    expected = sequences(log)
    assert sequences(out) == expected
    assert set(expected) == {"one", "three"}
    assert not any(isinstance(found, Unreadable) for found in read(out))


def test_one_request_travels_from_the_front_door_to_a_decision(suite: Casework) -> None:
    added = suite.ask(
        "POST", "/v1/case_types", {"bundle": (BUNDLES / "street-permit.yaml").read_text()}, role="case_designer"
    )
    assert added.status_code == 201, added.text
    activated = suite.ask("POST", "/v1/case_types/street-permit/versions/1/activate", {}, role="case_designer")
    assert activated.status_code == 200, activated.text
    person = {"name": "Siân Ó Briain", "email": "sian@example.org", "phone": "+44 29 2018 0123"}
    contact = suite.ask("POST", "/v1/contacts", person, role="agent").json()["id"]

    wish = {"case_type": "street-permit", "contact_id": contact, "data": APPLICATION}
    opened = suite.ask("POST", "/v1/cases", wish, role="agent")
    assert opened.status_code == 201, opened.text
    case = opened.json()
    assert (case["data"]["applicant_name"], opened.headers["etag"]) == ("Siân Ó Briain", '"v1"')

    events = f"/v1/cases/{case['id']}/events"
    illegal = suite.ask("POST", events, {"event": "grant"}, role="decision_maker", version=1)
    assert (illegal.status_code, illegal.json()["code"]) == (409, "cases.illegal_step")
    assert illegal.json()["details"]["legal"] == ["check_completeness", "withdraw"]
    wrong = suite.ask(
        "POST", events, {"event": "check_completeness", "data": {"complete": "yes"}}, role="caseworker", version=1
    )
    assert wrong.status_code == 422, wrong.text
    assert wrong.json()["errors"][0]["pointer"] == "/data/complete"

    for version, role, step in (
        (1, "caseworker", {"event": "check_completeness", "data": {"complete": True}}),
        (2, "caseworker", {"event": "assess", "data": {"assessment": "Room enough.", "advice": "grant"}}),
        (3, "decision_maker", {"event": "grant"}),
    ):
        taken = suite.ask("POST", events, step, role=role, version=version)
        assert taken.status_code == 201, taken.text
    stale = suite.ask("POST", events, {"event": "withdraw"}, role="caseworker", version=2)
    assert (stale.status_code, stale.json()["details"]) == (412, {"current_version": 4})
    assert taken.json()["outcome"] == "granted"
    nobody = suite.ask("POST", "/v1/cases", wish | {"contact_id": case["id"]}, role="agent")
    assert nobody.status_code == 404, nobody.text
