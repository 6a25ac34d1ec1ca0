"""One way to read JSON."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.edge.strict_json import DEEPEST, MOST_VALUES, NotStrictJson, loads

REFUSED = {
    "a duplicate name": b'{"a": 1, "a": 2}',
    "a duplicate name deep inside": b'{"x": [{"a": 1, "a": 1}]}',
    "a duplicate name in another spelling": b'{"a": 1, "\\u0061": 2}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "a number that overflows": b'{"a": 1e400}',
    "an integer beyond 53 bits": b'{"a": 9007199254740992}',
    "a negative integer beyond 53 bits": b'{"a": -9007199254740992}',
    "an integer of 400 digits": b'{"a": ' + b"9" * 400 + b"}",
    "minus zero": b'{"a": -0}',
    "minus zero as a fraction": b'{"a": -0.0}',
    "a fraction of 60 digits": b'{"a": 0.' + b"1" * 60 + b"}",
    "a number beyond the largest double, written out": b'{"a": 1' + b"0" * 400 + b".5}",
    "a list of 20,001 values": b"[" + b",".join([b"1"] * (MOST_VALUES + 1)) + b"]",
    "20,001 names": b"{" + b",".join(b'"%d":1' % number for number in range(MOST_VALUES + 1)) + b"}",
    "20,001 values in many lists": b"[" + b",".join([b"[" + b",".join([b"1"] * 100) + b"]"] * 200) + b"]",
    "a lone high surrogate": b'{"a": "\\ud800"}',
    "a lone low surrogate as a name": b'{"\\udc00": 1}',
    "NUL": b'{"a": "x\\u0000y"}',
    "NUL in a name": b'{"\\u0000": 1}',
    "a raw control character": b'{"a": "\x01"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "surrogates encoded as if they were characters": b'{"a": "\xed\xa0\x80"}',
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "nothing": b"",
    "only space": b"  \n",
    "two values": b"{} {}",
    "a trailing comma": b'{"a": 1,}',
    "a comment": b'{"a": 1} // no',
    "single quotes": b"{'a': 1}",
    "a leading zero": b'{"a": 01}',
    "an underscore in a number": b'{"a": 1_0}',
    "100,000 opening brackets": b"[" * 100_000,
    "nesting that closes, too deep": b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    "objects nested too deep": b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_what_two_parsers_could_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(NotStrictJson):
        loads(raw)


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_the_reason_quotes_nothing(raw: bytes) -> None:
    with pytest.raises(NotStrictJson) as refusal:
        loads(b'{"canary-4711": ' + raw + b', "canary-4711": "canary-4711"}')

    assert "canary" not in str(refusal.value)


def test_what_fits_is_read() -> None:
    assert loads(b'{"a": [1, -9007199254740991, 1.5, null, true, "\\ud83d\\ude00 \xc3\xa9"]}') == {
        "a": [1, -9007199254740991, 1.5, None, True, "😀 é"]
    }
    assert loads(b"[" * DEEPEST + b"]" * DEEPEST)
    assert len(loads(b"[" + b",".join([b"0"] * MOST_VALUES) + b"]")) == MOST_VALUES
    assert loads(b'{"a": -0.5, "b": 0, "c": 0.0, "d": 1e-400}') == {"a": -0.5, "b": 0, "c": 0.0, "d": 0.0}
    assert loads(b'"' + b"x" * 200_000 + b'"') == "x" * 200_000


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail_in_any_other_way(raw: bytes) -> None:
    with suppress(NotStrictJson):
        loads(raw)
