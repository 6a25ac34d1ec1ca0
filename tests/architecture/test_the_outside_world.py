"""The clock, the environment and what is imported are looked at in few places, so that the rest can be reasoned about."""

import ast
from typing import Final

from tests.architecture.sources import Source, calls, dotted, sources

READS_ENVIRONMENT: Final = {
    "shared/settings.py": "reads settings, once",
    "shared/rpc/process.py": "sets what psycopg and eventlet read when they are imported",
    "tellus/commands/contacts.py": "takes an operator's own token where one is given",
    "tellus/commands/staff.py": "the same",
    "deploy/local/identity/settings.py": "settings of the development identity provider",
    "deploy/local/sink/settings.py": "settings of the development mail sink",
    "deploy/local/supervising.py": "hands PATH to the supervisor it starts",
}
IMPORTS_LATE: Final = {
    "shared/observability/tracing.py": "the OTLP exporter is heavy, and needed only where a collector is named",
    "deploy/local/identity/__main__.py": "`rotate` and refusals to start need none of the server",
}
READS_WALL_CLOCK: Final = {
    "shared/ids.py": "a UUIDv7 holds the millisecond in which it was made",
    "shared/authz/token.py": "a token says in epoch seconds when it was issued and when it ends",
    "shared/rpc/wire.py": "a deadline travels as epoch seconds",
    "shared/rpc/client.py": "a deadline travels as epoch seconds",
    "shared/rpc/asyncio_client.py": "a deadline travels as epoch seconds",
    "services/gateway/edge/cursors.py": "a cursor says in epoch seconds when it ends",
    "services/gateway/identity/tokens.py": "an access token says in epoch seconds when it ends",
    "services/gateway/identity/callers.py": "an access token says in epoch seconds when it ends",
    "services/gateway/identity/own_tokens.py": "an access token says in epoch seconds when it was issued and when it ends",
    "services/gateway/clients/assertions.py": "an assertion says in epoch seconds when it ends",
    "services/audit/adapters/ed25519.py": "a witness's cosignature says in epoch seconds when it was made",
}
WRITES_TO_THE_TERMINAL: Final = {
    "services/gateway/openapi.py": "a command: writes the OpenAPI document",
    "services/audit/processes/verify.py": "a command: checks the log and says what it found",
    "services/audit/processes/generate_key.py": "a command: makes a key and says its public half",
}


def mentions(*names: str) -> set[str]:
    """The files that mention one of these dotted names."""
    return {
        source.path
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in names
    }


def late_imports(source: Source) -> list[ast.AST]:
    return [
        inner
        for outer in ast.walk(source.tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def test_the_environment_is_read_by_settings_alone() -> None:
    assert mentions("os.environ", "os.getenv", "os.environb", "os.putenv", "environ", "getenv") - {
        "shared/observability/health.py"  # WSGI calls its request `environ`
    } == set(READS_ENVIRONMENT)


def test_the_present_moment_comes_from_the_clock() -> None:
    reading = mentions(
        "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow",
        "date.today", "datetime.date.today", "time.localtime", "time.gmtime", "time.strftime", "time.ctime",
    )  # fmt: skip
    assert reading == {"shared/clock.py"}


def test_wall_clock_seconds_are_read_only_where_it_is_said_why() -> None:
    reading = mentions("time.time", "time.time_ns")
    assert {path for path in reading if path.startswith(("services/", "shared/"))} == set(READS_WALL_CLOCK)


def test_no_rule_of_a_domain_reads_the_clock() -> None:
    reading = mentions("time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "clock.now")
    assert {path for path in reading if "/domain/" in path} == set()


def test_imports_stand_at_the_top_of_a_file() -> None:
    assert {source.path for source in sources() if late_imports(source)} == set(IMPORTS_LATE)


def test_services_log_and_do_not_print() -> None:
    printing = {
        source.path
        for source in sources()
        if source.path.startswith(("services/", "shared/"))
        for _, called in calls(source)
        if called in {"print", "sys.stdout.write", "sys.stderr.write"}
    }
    assert printing == set(WRITES_TO_THE_TERMINAL)
