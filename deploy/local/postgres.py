"""A private PostgreSQL: its data folder, its settings and the command that runs it in the foreground."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.errors import LocalError
from deploy.local.places import Places, ServerUser, server_user
from deploy.local.private_files import password, write_private

SUPERUSER: Final = "postgres"

_SETTINGS: Final = """\
# Written anew at every start.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 150
password_encryption = 'scram-sha-256'

# Nothing that was committed may be lost.
fsync = on
synchronous_commit = on
full_page_writes = on

# Small: the whole suite shares one machine with everything else.
shared_buffers = 128MB
work_mem = 4MB
maintenance_work_mem = 32MB
huge_pages = off
jit = off
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 0
autovacuum_max_workers = 2
max_wal_senders = 2
max_wal_size = 1GB
min_wal_size = 80MB

# Times are stored and told in UTC.
timezone = 'UTC'
log_timezone = 'UTC'

# The log says what went wrong, never what was in a row.
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_line_prefix = '%m [%p] %u@%d '
"""

_ACCESS: Final = """\
# Written anew at every start: a password for everyone, from this machine only.
host  all  all  127.0.0.1/32  scram-sha-256
"""


class PostgresError(LocalError):
    """PostgreSQL could not be prepared; the message carries its own words."""


@dataclass(frozen=True)
class Postgres:
    """One private server."""

    programs: Path
    places: Places

    @property
    def user(self) -> ServerUser:
        """The account it runs as."""
        return server_user("postgres")

    @property
    def home(self) -> Path:
        """Its folder."""
        return self.places.data / "postgres"

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.home / "data"

    @property
    def port(self) -> int:
        """Its port."""
        return self.places.ports.of("postgres")

    @property
    def command(self) -> tuple[str, ...]:
        """Runs it in the foreground."""
        return (str(self.programs / "postgres"), "-D", str(self.data))

    def url(self, role: str, database: str, secret: str) -> str:
        """The address of a database, as one role."""
        return f"postgresql+psycopg://{role}:{secret}@127.0.0.1:{self.port}/{database}"

    def superuser_password(self) -> str:
        """The superuser's password, made up on first use."""
        return password(self.places.secrets / "postgres_password")

    def settings(self) -> str:
        """What its settings file holds."""
        return _SETTINGS.format(port=self.port)

    def prepare(self) -> None:
        """The data folder exists and holds its settings."""
        home = self.places.server_home("postgres", self.user)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(home)
        self._refuse_another_version()
        write_private(self.data / "postgresql.conf", self.settings(), owner=self.user)
        write_private(self.data / "pg_hba.conf", _ACCESS, owner=self.user)

    def _initialise(self, home: Path) -> None:
        unfinished, secret = home / "data.new", home / "password"
        shutil.rmtree(unfinished, ignore_errors=True)  # left by a start that was cut short
        write_private(secret, self.superuser_password(), owner=self.user)
        try:
            self._run_initdb(unfinished, secret)
        finally:
            secret.unlink()
        unfinished.rename(self.data)

    def _run_initdb(self, folder: Path, secret: Path) -> None:
        outcome = subprocess.run(
            [
                self.programs / "initdb", "--pgdata", folder, "--username", SUPERUSER, "--pwfile", secret,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums",
            ],
            cwd=folder.parent,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            user=self.user.uid if self.user.switch else None,
            group=self.user.gid if self.user.switch else None,
            extra_groups=[] if self.user.switch else None,
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        if outcome.returncode:
            raise PostgresError(f"initdb could not make {folder}: {outcome.stderr.strip()}")

    def _refuse_another_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if made_by not in self.programs.parent.name:
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {made_by}, but {self.programs} is another version. "
                f"Install PostgreSQL {made_by}, or forget the data with 'make clean'."
            )
