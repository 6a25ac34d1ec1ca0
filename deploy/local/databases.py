"""Gives every service its database and its roles, by the same SQL that a deployment elsewhere runs."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import psycopg

from deploy.local.places import Places
from deploy.local.postgres import SUPERUSER, Postgres, PostgresError
from deploy.local.private_files import password, write_private
from deploy.local.settings import REPOSITORY
from deploy.local.suite import SERVICES

SQL: Final = REPOSITORY / "deploy" / "postgres"
_MORE_ROLES: Final = {"audit": ("sequencer", "publisher", "reader")}


def database_of(service: str) -> str:
    """The name of a service's database."""
    return f"tellus_{service}"


def roles_of(service: str) -> tuple[str, ...]:
    """Every role that may connect to a service's database; the owner is for migrations only."""
    return (f"{service}_owner", service, *(f"{service}_{more}" for more in _MORE_ROLES.get(service, ())))


def role_password(places: Places, role: str) -> str:
    """A role's password, made up on first use."""
    return password(places.secrets / f"{role}_role_password")


def write_addresses(postgres: Postgres) -> None:
    """Each role's connection address is a secret file named as its setting: contacts_database_url and so on."""
    for service in SERVICES:
        for role in roles_of(service):
            address = postgres.url(role, database_of(service), role_password(postgres.places, role))
            write_private(postgres.places.secrets / f"{role}_database_url", address)


def address_of(places: Places, role: str) -> str:
    """The connection address of a role, as a process would read it."""
    return (places.secrets / f"{role}_database_url").read_text(encoding="utf-8").strip()


def wait_for(postgres: Postgres, *, seconds: float) -> None:
    """PostgreSQL accepts connections."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(_superuser(postgres), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                log = postgres.places.logs / "postgres.log"
                raise PostgresError(
                    f"PostgreSQL does not answer on port {postgres.port}: {error}. See {log}."
                ) from error
            time.sleep(0.1)
        else:
            return


def create(postgres: Postgres) -> None:
    """Every role and database exists, with today's passwords and rights."""
    _run_sql(postgres, "10-roles-and-databases.sql", database="postgres", secrets=dict(_secrets(postgres.places)))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda service: grant_inside(postgres, service, database_of(service)), SERVICES))


def grant_inside(postgres: Postgres, service: str, database: str) -> None:
    """The roles of a service have their rights inside this database."""
    _run_sql(postgres, "20-inside-one-database.sql", database=database, variables={"service": service})


def harden_log(postgres: Postgres) -> None:
    """Not even the owner of the audit log's tables can alter them now. Safe to repeat; run it after migrations."""
    _run_sql(postgres, "audit_hardening.sql", database=database_of("audit"))


def _secrets(places: Places) -> Iterator[tuple[str, str]]:
    for service in SERVICES:
        for role in roles_of(service):
            yield f"{role.upper()}_PASSWORD", role_password(places, role)


def _superuser(postgres: Postgres) -> str:
    url = postgres.url(SUPERUSER, "postgres", postgres.superuser_password())
    return url.replace("postgresql+psycopg://", "postgresql://")


def _run_sql(
    postgres: Postgres,
    file: str,
    *,
    database: str,
    secrets: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> None:
    given = [part for name, value in (variables or {}).items() for part in ("-v", f"{name}={value}")]
    outcome = subprocess.run(
        [postgres.programs / "psql", "--no-psqlrc", *given, "-d", database, "-f", SQL / file],
        env={
            "PATH": "/usr/bin:/bin",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(postgres.port),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": postgres.superuser_password(),
            "LC_ALL": "C.UTF-8",
            **(secrets or {}),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise PostgresError(f"{file} failed on database {database}: {outcome.stderr.strip()}")
