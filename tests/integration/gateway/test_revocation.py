"""Whoever leaves is refused within a second on every gateway, and nobody is let in whose standing cannot be known."""

import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.integration.gateway.test_recording import plain, reopen, shut
from tests.support.processes import Starter
from tests.support.revoking import Replicas, replicas
from tests.support.servers import FreshDatabase, FreshVhost

ONE_SECOND = 1.0


@pytest.fixture
def two(processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]) -> Iterator[Replicas]:
    with replicas(processes, vhost, database("gateway")) as running:
        yield running


def test_a_change_of_standing_reaches_every_gateway_within_a_second(two: Replicas) -> None:
    carl = two.provision("carl")
    hers, his = two.token("administrator", sub="abel"), two.token("agent", sub="carl")
    me = [two.ask("GET", "/v1/me", token=his, at=number).json() for number in (0, 1)]
    assert [one["id"] for one in me] == [carl, carl]
    assert {one["department"] for one in me} == {"city.permits"}  # the directory's word, not the token's

    left = two.seconds_until(
        lambda: two.ask("POST", f"/v1/staff/{carl}/deactivate", token=hers, json={"reason": "left"}), his, 401
    )
    back = two.seconds_until(lambda: two.ask("POST", f"/v1/staff/{carl}/reactivate", token=hers, json={}), his, 200)
    assert max(*left, *back) < ONE_SECOND, (left, back)

    wish = {"role": "team_lead", "reason": "promoted"}
    given = two.ask("POST", f"/v1/staff/{carl}/assignments", token=hers, json=wish)
    assert given.status_code == 201, given.text
    deadline = time.monotonic() + ONE_SECOND
    while "team_lead" not in two.ask("GET", "/v1/me", token=his, at=1).json()["roles"]:
        assert time.monotonic() < deadline


def test_who_is_refused_once_stays_refused(two: Replicas) -> None:
    carl = two.provision("carl")
    hers, his = two.token("administrator", sub="abel"), two.token("agent", sub="carl")
    two.seconds_until(lambda: two.ask("POST", f"/v1/staff/{carl}/deactivate", token=hers, json={}), his, 401)

    anew = two.token("agent", "administrator", sub="carl", jti="another")
    for _ in range(20):
        assert {two.ask("GET", "/v1/me", token=token, at=n).status_code for token in (his, anew) for n in (0, 1)} == {
            401
        }


def test_nobody_is_let_in_while_the_directory_cannot_be_read(two: Replicas) -> None:
    his = two.token("agent", sub="carl")
    assert two.ask("GET", "/v1/me", token=his).status_code == 200
    shut(two.store)
    deadline = time.monotonic() + ONE_SECOND + 0.5
    while (reply := two.ask("GET", "/v1/me", token=his)).status_code == 200:
        assert time.monotonic() < deadline
    assert reply.status_code == 503

    reopen(two.store)
    deadline = time.monotonic() + 10
    while two.ask("GET", "/v1/me", token=his).status_code != 200:
        assert time.monotonic() < deadline


def test_who_must_be_provisioned_is_refused_until_they_are(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    store = database("gateway")
    with replicas(processes, vhost, store, count=1, directory="required", kind="staff") as one:
        stranger = one.ask("GET", "/v1/me", token=one.token("agent", sub="carl"))
        assert (stranger.status_code, stranger.json()["code"]) == (401, "unauthenticated")
        with psycopg.connect(plain(store.url)) as connection:
            assert connection.execute("SELECT count(*) FROM actor").fetchone() == (0,)
