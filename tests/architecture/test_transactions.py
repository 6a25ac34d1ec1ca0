"""One change, one transaction: who may open, keep or end one is a short list with reasons."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.architecture.sources import Source, calls, sources

COMMITS: Final = {
    "shared/persistence/unit_of_work.py": "facts, answer and commit travel together: one wait instead of three",
    "shared/persistence/migrating.py": "a job of its own: the advisory lock and each migration commit by themselves",
}
OPENS: Final = {
    "shared/persistence/unit_of_work.py": "the unit of work: state, outbox, inbox and command record in one transaction",
    "shared/events/relay.py": "numbers and final bytes of outbox rows, persisted together before they are published",
    "services/audit/adapters/log_store.py": "a batch of entries, its tiles and the new root; no command, no outbox",
    "services/audit/adapters/checkpoint_store.py": "one signed checkpoint, under the publisher's own role",
    "services/audit/processes/sequencing.py": "what a batch of arrivals says of its producers' streams and gaps",
    "services/gateway/adapters/store.py": "the gateway's one connection: one change after another",
    "services/gateway/adapters/session_store.py": "a browser session and the fact of its beginning or end",
    "services/gateway/adapters/actors.py": "an actor's internal id and the fact of its enrolment",
}
AUTOCOMMITS: Final = {
    "shared/persistence/unit_of_work.py": "a look needs no transaction",
    "services/audit/adapters/looking.py": "a look at the log needs no transaction: what was true of a size stays true",
    "shared/persistence/driver.py": "a psycopg connection whose transactions are opened by name",
    "services/gateway/adapters/standing_changes.py": "listens, and changes nothing",
    "services/gateway/adapters/store.py": "the same; and a group of access events is one statement, committed by itself",
}
STATEMENT: Final = re.compile(r"^\s*(COMMIT|BEGIN|START TRANSACTION|ROLLBACK)\b\s*;?\s*$", re.IGNORECASE | re.MULTILINE)


def places(name: str) -> set[str]:
    """The files that call a method of this name."""
    return {source.path for source in sources() for _, called in calls(source) if called.endswith(f".{name}")}


def strings(source: Source) -> Iterator[ast.Constant]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def test_commit_is_said_only_where_it_is_said_why() -> None:
    assert places("commit") | ended_by_statement() == set(COMMITS)


def test_nothing_says_rollback() -> None:
    assert places("rollback") == set()


def ended_by_statement() -> set[str]:
    """The files that end a transaction in words of their own."""
    return {
        source.path
        for source in sources()
        if source.path.startswith(("services/", "shared/", "tellus/"))
        for text in strings(source)
        if STATEMENT.search(str(text.value)) and "plpgsql" not in str(text.value).lower()
    }


def test_no_statement_ends_a_transaction_behind_the_back_of_its_owner() -> None:
    assert ended_by_statement() == {"shared/persistence/unit_of_work.py"}


def test_transactions_are_opened_only_where_it_is_said_why() -> None:
    engines = {
        source.path
        for source in sources()
        for _, called in calls(source)
        if called.endswith((".transaction", "engine.begin", "connection.begin"))
    }
    assert engines == set(OPENS)


def test_savepoints_are_the_business_of_repositories() -> None:
    assert {place for place in places("begin_nested") if "/adapters/" not in place} == set()


def test_connections_commit_by_themselves_only_where_it_is_said_why() -> None:
    found = {
        source.path
        for source in sources()
        if source.path.startswith(("services/", "shared/"))
        for call, _ in calls(source)
        for keyword in call.keywords
        if keyword.arg == "autocommit"
        or (keyword.arg == "isolation_level" and ast.unparse(keyword.value).strip("'\"") == "AUTOCOMMIT")
    }
    assert found == set(AUTOCOMMITS)


def test_no_repository_opens_a_connection_of_its_own() -> None:
    """Adapters work on the connection that the unit of work gives them."""
    opened = [
        source.at(call)
        for source in sources()
        if "/adapters/" in source.path and source.path not in OPENS.keys() | AUTOCOMMITS.keys()
        for call, called in calls(source)
        if called.endswith(("engine.connect", "create_engine", "psycopg.connect", "AsyncConnection.connect"))
    ]
    assert opened == []
