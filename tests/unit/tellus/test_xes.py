"""Event logs are read as streams, hostile ones too, and written so that they read the same."""

import gzip
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.adapters.rulebook import standard_rulebook
from services.cases.application.examining import examine
from tellus.case_bundles import bundle_for, code_for, codes_of
from tellus.xes.log import Happening, Trace, Unreadable
from tellus.xes.reading import read
from tellus.xes.writing import writing
from tests.support.cases import BUNDLES

RECEIPT = Path(__file__).parents[4] / "shared" / "data" / "eventlogs" / "receipt.xes.gz"
EVENT = '<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2020-01-01T00:00:00Z"/></event>'


def trace(name: str = "one", inside: str = EVENT) -> str:
    return f'<trace><string key="concept:name" value="{name}"/>{inside}</trace>'


def found(tmp_path: Path, text: str | bytes) -> list[Trace | Unreadable]:
    log = tmp_path / "log.xes"
    log.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read(log))


def reasons(tmp_path: Path, text: str | bytes) -> list[str]:
    return [str(one) for one in found(tmp_path, text) if isinstance(one, Unreadable)]


@pytest.mark.skipif(not RECEIPT.exists(), reason="the event log is not here: ../shared/data/eventlogs")
def test_a_real_log_is_read_whole() -> None:
    traces = [one for one in read(RECEIPT) if isinstance(one, Trace)]
    assert (len(traces), sum(len(one.happenings) for one in traces)) == (1434, 8577)
    assert len({happening.activity for one in traces for happening in one.happenings}) == 27
    first = traces[0]
    assert (first.name, first.line, first.attributes["channel"]) == ("case-10011", 1798, "Internet")
    summer = timezone(timedelta(hours=2))
    assert first.happenings[0] == Happening(
        "Confirmation of receipt", datetime(2011, 10, 11, 13, 45, 40, 276000, tzinfo=summer), "Resource21", 1807
    )


@pytest.mark.skipif(not RECEIPT.exists(), reason="the event log is not here: ../shared/data/eventlogs")
def test_the_bundle_of_this_repository_knows_every_activity_of_the_real_log() -> None:
    _, codes = codes_of((BUNDLES / "receipt-migration.yaml").read_text())
    used = {h.activity for one in read(RECEIPT) if isinstance(one, Trace) for h in one.happenings}
    assert used == set(codes)


NAMES = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(
    lambda text: f"x{text.replace(chr(0xFFFE), '').replace(chr(0xFFFF), '')}x"
)
MOMENTS = st.integers(-2_000_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(
    st.dictionaries(NAMES, st.lists(st.tuples(NAMES, MOMENTS, st.none() | NAMES), max_size=4), max_size=4),
    st.booleans(),
)
def test_what_is_written_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, log: dict[str, list[tuple[str, datetime, str | None]]], packed: bool
) -> None:
    path = tmp_path_factory.mktemp("log") / ("log.xes.gz" if packed else "log.xes")
    with writing(path) as writer:
        for name, events in log.items():
            writer.add(Trace(name, tuple(Happening(*event) for event in events)))
    back = {
        one.name: [(h.activity, h.at, h.resource) for h in one.happenings]
        for one in read(path)
        if isinstance(one, Trace)
    }
    assert back == log


def test_a_log_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    with pytest.raises(AttributeError), writing(folder / "log.xes") as writer:
        writer.add(Trace("one", (None,)))  # type: ignore[arg-type]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ('<event><string key="concept:name" value="a"/></event>', "an event without time:timestamp"),
        (
            '<event><date key="time:timestamp" value="2020-01-01T00:00:00Z"/></event>',
            "nothing has the key concept:name",
        ),
        ('<event><string key="concept:name" value="a"/><date key="time:timestamp" value="x"/></event>', "no date"),
        ('<int key="size" value="many"/>', "size invalid literal"),
        ('<boolean key="odd" value="maybe"/>', "odd is neither true nor false"),
        ('<string key="note"/>', "a <string> without a key or a value"),
        (f'<string key="note" value="{"x" * 10_001}"/>', "note is longer than 10000 characters"),
        (f'<string key="{"k" * 65}" value="x"/>', "a key of more than 64 characters"),
        ("".join(f'<string key="k{n}" value="x"/>' for n in range(200)), "more than 150 attributes"),
    ],
)
def test_a_broken_trace_names_its_line_and_costs_only_itself(tmp_path: Path, inside: str, reason: str) -> None:
    log = f"<log>\n{trace('one')}\n{trace('two', inside)}\n{trace('three')}\n</log>"
    one, broken, three = found(tmp_path, log)
    assert isinstance(one, Trace)
    assert isinstance(three, Trace)
    assert isinstance(broken, Unreadable)
    assert broken.line == 3
    assert reason in broken.reason


def test_a_trace_without_a_name_and_a_name_used_twice_are_named(tmp_path: Path) -> None:
    log = f"<log>\n{trace('one')}\n<trace>{EVENT}</trace>\n{trace('one')}\n</log>"
    assert reasons(tmp_path, log) == [
        "line 3: nothing has the key concept:name here",
        "line 4: is called like the trace on line 2",
    ]


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (f"<log>\n{trace()}\n<trace></log>", "line 3: is not well-formed: mismatched tag"),
        (f"<log>\n{trace()}\n", "line 3: is not well-formed: no element found"),
        ('<!DOCTYPE log [<!ENTITY a "b">]>\n<log/>', "holds what no log needs"),
        ("<log>" + "<x>" * 200, "is nested more than 64 deep"),
        ('<log><string key="a" value="' + "x" * 6_000_000, "has an element of more than 4194304 bytes"),
        ("", "is not well-formed: no element found"),
        ("not a log", "is not well-formed"),
        (gzip.compress(f"<log>{trace()}".encode() * 10)[:-20], "the compressed file is damaged"),
    ],
    ids=["mismatch", "cut short", "entities", "deep", "endless", "empty", "text", "damaged gzip"],
)
def test_what_cannot_be_read_on_is_named(tmp_path: Path, log: str | bytes, reason: str) -> None:
    last = found(tmp_path, log)[-1]
    assert isinstance(last, Unreadable)
    assert last.rest
    assert reason in str(last)


def test_traces_before_the_damage_are_kept(tmp_path: Path) -> None:
    log = f"<log>{trace('one')}{trace('two')}<trace>"
    assert [one.name for one in found(tmp_path, log) if isinstance(one, Trace)] == ["one", "two"]


def test_numbers_that_json_would_bend_stay_text(tmp_path: Path) -> None:
    values = {
        "nan": ("float", "NaN"),
        "inf": ("float", "-INF"),
        "big": ("int", "9" * 5_000),
        "edge": ("int", str(2**53)),
    }
    inside = "".join(f'<{kind} key="{key}" value="{value}"/>' for key, (kind, value) in values.items())
    plain = '<int key="n" value="-7"/><float key="f" value="4.13"/>'
    (one,) = found(tmp_path, f"<log>{trace('one', inside + plain)}</log>")
    assert isinstance(one, Trace)
    assert one.attributes == {key: value for key, (_, value) in values.items()} | {"n": -7, "f": 4.13}


def test_nested_attributes_and_other_elements_are_passed_over(tmp_path: Path) -> None:
    inside = f'<list key="l"><values><string key="concept:name" value="x"/></values></list><string key="s" value="v"><string key="deep" value="d"/></string>{EVENT}'
    (one,) = found(tmp_path, f'<xes:log xmlns:xes="x">{trace("one", inside)}</xes:log>')
    assert isinstance(one, Trace)
    assert dict(one.attributes) == {"s": "v"}


@given(st.lists(NAMES, min_size=1, max_size=20, unique=True))
def test_any_activities_make_a_bundle_that_gives_their_names_back(names: list[str]) -> None:
    text = bundle_for(names, key="history", title="History")
    bundle = examine(text, standard_rulebook())
    key, codes = codes_of(text)
    assert key == "history"
    assert {step.title: step.key for step in bundle.steps} == dict(codes) == {name: codes[name] for name in names}


def test_codes_never_meet() -> None:
    codes: list[str] = []
    for name in ("A b", "a B", "a-b", "opened", "1st", "…", "x" * 300, "x" * 301):
        codes.append(code_for(name, codes))
    assert len(set(codes)) == len(codes)
    assert "opened" not in codes
    assert all(code[0].isalpha() and len(code) <= 64 for code in codes)
