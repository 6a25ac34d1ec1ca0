"""An event log goes through the whole suite and comes back the same, and again doubles nothing."""

import json
from itertools import islice
from pathlib import Path
from uuid import uuid4

import pytest

from tellus.xes.log import Trace
from tellus.xes.reading import read
from tests.support.processes import ROOT
from tests.support.whole_suite import WholeSuite

REAL = ROOT.parent / "shared" / "data" / "eventlogs" / "receipt.xes.gz"
TRACES = 20
MADE = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <trace><string key="concept:name" value="made-1"/>
    <event><string key="concept:name" value="Confirmation of receipt"/><string key="org:resource" value="Resource21"/>
      <date key="time:timestamp" value="2011-10-11T13:45:40.276+02:00"/></event>
    <event><string key="concept:name" value="T02 Check confirmation of receipt"/>
      <date key="time:timestamp" value="2011-10-12T08:26:25.398+02:00"/></event>
  </trace>
  <trace><string key="concept:name" value="made-2"/>
    <event><string key="concept:name" value="Confirmation of receipt"/><string key="org:resource" value="Si\u00e2n"/>
      <date key="time:timestamp" value="2011-10-11T13:45:40.276+02:00"/></event>
  </trace>
</log>
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The real log where it is, a made one elsewhere."""
    if REAL.exists():
        return REAL
    made = tmp_path / "made.xes"
    made.write_text(MADE, encoding="utf-8")
    return made


def sequences(log: Path, most: int | None = None) -> dict[str, list[tuple[str, str | None, float]]]:
    traces = islice((found for found in read(log) if isinstance(found, Trace)), most)
    return {t.name: [(h.activity, h.resource, h.at.timestamp()) for h in t.happenings] for t in traces}


def test_a_log_comes_back_as_it_went_in_and_goes_in_once(suite: WholeSuite, log: Path, tmp_path: Path) -> None:
    source, out = f"e2e-{uuid4().hex[:12]}", tmp_path / "out.xes"
    replay = ("cases", "replay", str(log), "--limit", str(TRACES), "--source", source, "--json")

    first = json.loads(suite.tellus(*replay).stdout)
    after_first = suite.rows()
    second = json.loads(suite.tellus(*replay).stdout)
    suite.tellus("cases", "export", "--xes", str(out), "--source", source)

    wanted = sequences(log, TRACES)
    assert sequences(out) == wanted
    assert (first["cases_answered"], first["steps_answered"]) == (len(wanted), sum(map(len, wanted.values())))
    assert (second["failed"], second["unreadable"]) == ([], [])
    assert suite.rows() == after_first
