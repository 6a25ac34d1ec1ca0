"""The demonstration tells what happened, to the last event, and may be told again."""

import re
import time

import httpx

from tests.support.storytelling import tell
from tests.support.whole_suite import WholeSuite

NO_TIME_AT_ALL = 30.0


def test_the_story_told_again_is_fast_and_doubles_nothing(suite: WholeSuite) -> None:
    before, letters = suite.rows(), len(suite.letters("mari.selwyn@example.org"))
    begun = time.monotonic()

    told = tell(suite)

    assert told.returncode == 0, told.stdout + told.stderr
    assert time.monotonic() - begun < NO_TIME_AT_ALL
    assert suite.rows() == before
    assert len(suite.letters("mari.selwyn@example.org")) == letters == 2


def test_what_the_story_tells_is_what_is_there(suite: WholeSuite) -> None:
    told = tell(suite).stdout
    ((contact_id, reference),) = suite.sql(
        "contacts", "SELECT id::text, reference FROM contact WHERE source = 'demo-story'"
    )
    ((case_id, case_reference),) = suite.sql(
        "cases", "SELECT id::text, reference FROM case_record WHERE source = 'demo-story'"
    )

    for shown in (contact_id, reference, case_id, case_reference, "check_completeness, withdraw", "Annwyl"):
        assert shown in told
    in_the_log = {e["index"] for e in suite.entries(subject=case_id) if e["type"] != "tellus.data.accessed.v1"}
    shown_entries = {int(number) for number in re.findall(r"^ +#(\d+) ", told, re.MULTILINE)}
    assert in_the_log <= shown_entries
    assert "Intact" in told


def test_where_the_story_ends_there_is_something_to_look_at(suite: WholeSuite) -> None:
    addresses = [a for a in re.findall(r"http://127\.0\.0\.1:\d+/\S*", tell(suite).stdout) if "/v1/" not in a]

    assert len(addresses) == 5
    for address in addresses:
        answer = httpx.get(address, timeout=10, follow_redirects=True)
        assert answer.status_code in (httpx.codes.OK, httpx.codes.UNAUTHORIZED), address
