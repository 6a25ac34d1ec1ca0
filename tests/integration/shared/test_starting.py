"""A process starts on a store that its code knows and with all its settings, or says what to do and ends."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import make_url

from shared.persistence.migrating import downgrade, head
from tests.support.processes import Process, Starter
from tests.support.servers import FreshDatabase

SERVICE = ("-m", "shared.rpc.process", "services.contacts.service:ContactsService")
CANARY = "canary-7f3a-secret"
NOWHERE = f"amqp://contacts:{CANARY}@127.0.0.1:1/tellus"


def ended(process: Process) -> str:
    """What a process said that did not want to start, soon and with an error."""
    assert process.popen.wait(20) == 1
    return process.log.read_text()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("older", "is at schema 0001"),
        ("emptied", "has no schema yet"),
        ("untouched", "has no schema yet"),
    ],
)
def test_a_service_refuses_a_store_that_is_behind_and_names_the_command(
    processes: Starter, database: Callable[[str], FreshDatabase], state: str, said: str
) -> None:
    store = database("contacts")
    downgrade("contacts", store.owner_url, "0001" if state == "older" else "base")
    if state == "untouched":
        with psycopg.connect(store.owner_url.replace("+psycopg", "")) as connection:
            connection.execute("DROP TABLE alembic_version")
    settings = {"PREFIX": "contacts", "CONTACTS_DATABASE_URL": store.url, "CONTACTS_AMQP_URL": NOWHERE}
    log = ended(processes.start("contacts", *SERVICE, environment=settings))
    assert said in log
    assert f"this code needs {head('contacts')}: run `tellus migrate contacts`" in log
    assert CANARY not in log
    assert str(make_url(store.url).password) not in log
    assert "Traceback" not in log


def test_a_service_without_its_settings_names_each_and_no_value(processes: Starter) -> None:
    settings = {"PREFIX": "contacts", "CONTACTS_WORKERS": CANARY, "CONTACTS_SIGNING_KEY": CANARY}
    log = ended(processes.start("contacts", *SERVICE, environment=settings))
    for name in ("CONTACTS_DATABASE_URL", "CONTACTS_AMQP_URL", "CONTACTS_WORKERS"):
        assert f"  {name}: " in log
    assert "CONTACTS_SIGNING_KEY" not in log
    assert CANARY not in log
    assert "Traceback" not in log
