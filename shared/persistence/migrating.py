"""Migrations run as jobs, one history per service, safe on a live store by construction.

One migration at a time (advisory lock), each in its own transaction, and none waits long for a lock that a
running service holds: it fails, changes nothing, and is run again.
"""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, make_url, pool, text

LOCK = 0x7E11_0500
"""The advisory lock of migrations, in each store."""


def config_for(service: str, database_url: str = "") -> Config:
    """Alembic's configuration for one service's history, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path("services") / service / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    return config


def upgrade(service: str, database_url: str, revision: str = "head") -> str:
    """Bring the store of `service` to `revision`; answers with the revision reached."""
    command.upgrade(config_for(service, database_url), revision)
    return current(database_url) or "empty"


def downgrade(service: str, database_url: str, revision: str) -> None:
    """Take the store of `service` back to `revision`. For development and tests: production goes forward."""
    command.downgrade(config_for(service, database_url), revision)


def current(database_url: str) -> str | None:
    """The revision a store is at, None where it has none."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head(service: str) -> str:
    """The newest revision this code knows for `service`."""
    found = ScriptDirectory.from_config(config_for(service)).get_current_head()
    assert found is not None, f"{service} has no migrations"
    return found


def run(metadata: MetaData | None) -> None:
    """What a service's `migrations/env.py` calls: run the migrations that alembic decided on."""
    url = make_url(context.config.attributes["database_url"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=pool.NullPool, connect_args={"options": "-c timezone=UTC"})
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
