"""Nobody changes the log: not the processes by their rights, not the owner by triggers, not a script by event triggers."""

import asyncio
import subprocess
from collections.abc import Callable

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from deploy.local.databases import SQL
from services.audit.adapters.log_store import append_batch, take_over
from shared.persistence.migrating import downgrade
from tests.support.audit_log import arrivals, connect, fill, plain_url, sequencer
from tests.support.servers import FreshDatabase

Fresh = Callable[[str], FreshDatabase]
APPEND_ONLY = ("entry", "entry_00000", "entry_key", "entry_subject", "tile", "checkpoint")
KEPT_CURRENT = ("log_state", "subject_head", "producer_stream", "gap")
PROCESSES = ("audit", "audit_reader", "audit_publisher", "audit_sequencer")
A_COLUMN = {
    "entry": "actor = actor",
    "entry_00000": "actor = actor",
    "entry_key": "idx = idx",
    "entry_subject": "idx = idx",
    "tile": "n = n",
    "checkpoint": "note = note",
}


@pytest.fixture
def store(database: Fresh) -> FreshDatabase:
    """A log of 300 entries, enough for one full tile."""
    made = database("audit")

    async def grow() -> None:
        async with sequencer(made) as connection:
            await fill(connection, 300)

    asyncio.run(grow())
    return made


@pytest.fixture
def hardened(store: FreshDatabase) -> FreshDatabase:
    for _ in range(2):  # running it again changes nothing
        harden(store)
    return store


def harden(store: FreshDatabase) -> None:
    subprocess.run(
        ["psql", "--no-psqlrc", "-d", plain_url(store, "postgres"), "-f", str(SQL / "audit_hardening.sql")],
        check=True,
        capture_output=True,
        env={"PATH": str(store.servers.postgres.programs), "LC_ALL": "C.UTF-8"},
    )


def refused(connection: psycopg.Connection[tuple[object, ...]], statement: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        connection.execute(statement.encode())


@pytest.mark.parametrize("role", PROCESSES)
def test_no_process_has_the_right_to_change_what_is_logged(store: FreshDatabase, role: str) -> None:
    with connect(store, role) as connection:
        for table in APPEND_ONLY:
            refused(connection, f"UPDATE {table} SET {A_COLUMN[table]}", InsufficientPrivilege)
            refused(connection, f"DELETE FROM {table}", InsufficientPrivilege)
            refused(connection, f"TRUNCATE {table} CASCADE", InsufficientPrivilege)
            refused(connection, f"ALTER TABLE {table} DISABLE TRIGGER ALL", InsufficientPrivilege)
            refused(connection, f"DROP TABLE {table} CASCADE", InsufficientPrivilege)
        for table in KEPT_CURRENT:
            refused(connection, f"DELETE FROM {table}", InsufficientPrivilege)
            refused(connection, f"TRUNCATE {table}", InsufficientPrivilege)


@pytest.mark.parametrize("role", ["audit", "audit_reader", "audit_publisher"])
def test_only_the_sequencer_writes_entries(store: FreshDatabase, role: str) -> None:
    with connect(store, role) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (300,)
        refused(connection, "INSERT INTO entry SELECT * FROM entry", InsufficientPrivilege)
        refused(connection, "INSERT INTO tile SELECT * FROM tile", InsufficientPrivilege)
        refused(connection, "UPDATE log_state SET size = size", InsufficientPrivilege)
        refused(connection, "SELECT make_room_for_entries()", InsufficientPrivilege)


def test_only_the_publisher_writes_checkpoints(store: FreshDatabase) -> None:
    add = "INSERT INTO checkpoint SELECT size, root, 'note', now() FROM log_state"
    for role in ("audit", "audit_reader", "audit_sequencer"):
        with connect(store, role) as connection:
            refused(connection, add, InsufficientPrivilege)
    with connect(store, "audit_publisher") as connection:
        assert connection.execute(add.encode()).rowcount == 1


def test_the_writer_cannot_go_around_the_parent_table(store: FreshDatabase) -> None:
    with connect(store, "audit_sequencer") as connection:
        refused(connection, "INSERT INTO entry_00000 SELECT * FROM entry", InsufficientPrivilege)
        refused(connection, "SELECT * FROM entry_00000", InsufficientPrivilege)
        refused(
            connection,
            "INSERT INTO subject_head SELECT * FROM subject_head ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject",
            InsufficientPrivilege,
        )
        refused(
            connection,
            "INSERT INTO tile SELECT * FROM tile ON CONFLICT (level, n) DO UPDATE SET data = excluded.data",
            InsufficientPrivilege,
        )


@pytest.mark.parametrize("role", ["audit_owner", "postgres"])
def test_even_the_owner_is_refused_by_triggers(store: FreshDatabase, role: str) -> None:
    with connect(store, role) as connection:
        for mode in ("origin", "replica") if role == "postgres" else ("origin",):
            if role == "postgres":
                connection.execute(f"SET session_replication_role = {mode}".encode())
            for table in APPEND_ONLY:
                refused(connection, f"UPDATE {table} SET {A_COLUMN[table]}", RestrictViolation)
                refused(connection, f"DELETE FROM {table}", RestrictViolation)
                refused(connection, f"TRUNCATE {table} CASCADE", RestrictViolation)
            for table in KEPT_CURRENT:
                refused(connection, f"DELETE FROM {table}", RestrictViolation)
                refused(connection, f"TRUNCATE {table}", RestrictViolation)


def test_every_partition_is_guarded_like_the_first(store: FreshDatabase) -> None:
    with connect(store, "audit_owner") as connection:
        for partition in ("entry_00001", "entry_00002"):
            refused(connection, f"DELETE FROM {partition}", RestrictViolation)
            refused(connection, f"TRUNCATE {partition}", RestrictViolation)
        unguarded = connection.execute(
            "SELECT c.relname FROM pg_class AS c WHERE c.relkind IN ('r', 'p') AND c.relname ~ '^entry' AND NOT EXISTS "
            "(SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'only_grows' AND t.tgenabled = 'A')"
        ).fetchall()
        assert unguarded == []


@pytest.mark.parametrize(
    "step_back",
    ["size = size - 1", "fence = fence - 1", "root = sha256('other')", "size = 0, root = sha256(''), edge = '{}'"],
)
def test_the_log_cannot_be_told_that_it_is_shorter(store: FreshDatabase, step_back: str) -> None:
    with connect(store, "audit_sequencer") as connection:
        refused(connection, f"UPDATE log_state SET {step_back}", RestrictViolation)


@pytest.mark.parametrize("role", ["audit_owner", "postgres"])
def test_a_hardened_log_keeps_its_shape(hardened: FreshDatabase, role: str) -> None:
    with connect(hardened, role) as connection:
        for statement in (
            "ALTER TABLE entry DISABLE TRIGGER only_grows",
            "ALTER TABLE entry_00000 DISABLE TRIGGER ALL",
            "ALTER TABLE log_state DISABLE TRIGGER never_shrinks",
            "ALTER TABLE entry DETACH PARTITION entry_00000",
            "ALTER TABLE entry DROP COLUMN leaf",
            "ALTER TABLE tile RENAME TO other",
            "ALTER TABLE tile SET SCHEMA log_guard" if role == "postgres" else "ALTER TABLE tile SET LOGGED",
            "ALTER TABLE entry_00001 RENAME TO other",
            "ALTER FUNCTION refuse_change() RENAME TO sleep",
            "DROP TABLE entry_00002",
            "ALTER TABLE entry_key DROP CONSTRAINT pk_entry_key CASCADE",
            "ALTER TABLE checkpoint OWNER TO audit_owner, ALTER COLUMN note TYPE varchar",
            "ALTER TRIGGER only_grows ON entry RENAME TO sleeps",
            "DROP TRIGGER only_grows ON entry",
            "DROP TABLE checkpoint",
            "DROP TABLE entry CASCADE",
            "DROP FUNCTION refuse_change() CASCADE",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE RULE forget AS ON INSERT TO tile DO INSTEAD NOTHING",
            "CREATE TRIGGER forget BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION refuse_shrinking()",
            "ALTER FUNCTION make_room_for_entries() SECURITY INVOKER",
        ):
            refused(connection, statement, RestrictViolation)
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (300,)


def test_a_hardened_log_still_grows_and_makes_room(hardened: FreshDatabase) -> None:
    async def grow() -> None:
        async with sequencer(hardened) as connection:
            done = await append_batch(connection, arrivals(range(301, 900)), await take_over(connection))
            assert done.size == 899

    asyncio.run(grow())
    with connect(hardened, "audit_owner") as owner:
        owner.execute("UPDATE log_state SET size = 5000000, root = sha256('far'), edge = '{}'")
    with connect(hardened, "audit_sequencer") as connection:
        assert connection.execute("SELECT make_room_for_entries()").fetchone() == (4 << 22,)
        refused(connection, "SELECT * FROM entry_00003", InsufficientPrivilege)
    with connect(hardened, "audit_owner") as owner:
        refused(owner, "DELETE FROM entry_00003", RestrictViolation)
        refused(owner, "ALTER TABLE entry_00003 DISABLE TRIGGER only_grows", RestrictViolation)


def test_other_tables_of_a_hardened_store_can_still_change(hardened: FreshDatabase) -> None:
    with connect(hardened, "audit_owner") as owner:
        owner.execute("CREATE TABLE something_else (a int)")
        owner.execute("ALTER TABLE something_else ADD COLUMN b int")
        owner.execute("DROP TABLE something_else")


def test_a_log_with_entries_is_never_dropped_by_going_back(store: FreshDatabase) -> None:
    with pytest.raises(Exception, match="never dropped"):
        downgrade("audit", store.owner_url, "base")
