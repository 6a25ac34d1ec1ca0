"""The fixtures that other tests stand on keep their promises."""

from collections.abc import Callable

import httpx
import psycopg
import pytest

from tests.support.servers import FreshDatabase, FreshVhost


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))


def test_a_fresh_vhost_is_open_to_a_service_and_empty(bare_vhost: FreshVhost) -> None:
    answer = httpx.get(f"{bare_vhost.management_url}/api/queues/{bare_vhost.name}", timeout=10)
    assert answer.json() == []
    permissions = httpx.get(f"{bare_vhost.management_url}/api/vhosts/{bare_vhost.name}/permissions", timeout=10).json()
    assert {entry["user"] for entry in permissions} >= {"contacts", "cases", "notifications", "audit", "gateway"}


def test_a_vhost_has_the_suites_topology(vhost: FreshVhost) -> None:
    answer = httpx.get(f"{vhost.management_url}/api/exchanges/{vhost.name}", timeout=10)
    assert "tellus.events" in {exchange["name"] for exchange in answer.json()}


def test_two_fresh_databases_share_nothing(database: Callable[[str], FreshDatabase]) -> None:
    first, second = database("contacts"), database("contacts")
    assert first.name != second.name
    with _connect(first.owner_url) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
    with _connect(second.owner_url) as connection:
        found = connection.execute("SELECT to_regclass('only_here')").fetchone()
    assert found == (None,)


def test_a_service_may_change_rows_but_not_the_schema(database: Callable[[str], FreshDatabase]) -> None:
    fresh = database("contacts")
    with _connect(fresh.owner_url) as connection:
        connection.execute("CREATE TABLE things (id int)")
    with _connect(fresh.url) as connection:
        connection.execute("INSERT INTO things VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE more (id int)")


def test_no_service_can_enter_anothers_database(database: Callable[[str], FreshDatabase]) -> None:
    fresh = database("contacts")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        _connect(fresh.url_as("cases"))
