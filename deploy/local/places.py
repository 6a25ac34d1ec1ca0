"""Where an instance keeps its things, and where the database user can reach them."""

import fcntl
import hashlib
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from deploy.local.errors import LocalError
from deploy.local.ports import Ports
from deploy.local.settings import LocalSettings

OUTSIDE: Final = Path("/var/tmp")  # noqa: S108  a private folder is made below it and its owner checked
_LONGEST_SOCKET_PATH: Final = 100  # the kernel's limit is 108 bytes, and supervisor appends a suffix while binding


class PlaceError(LocalError):
    """A folder cannot be used as it is; the message says which and why."""


@dataclass(frozen=True)
class ServerUser:
    """The account a server runs as."""

    name: str
    uid: int
    gid: int
    switch: bool  # whether it differs from the account that gives the command


def server_user(preferred: str) -> ServerUser:
    """As root the server's own account, since PostgreSQL refuses root; otherwise whoever asks."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(preferred)
        return ServerUser(account.pw_name, account.pw_uid, account.pw_gid, switch=True)
    account = pwd.getpwuid(os.geteuid())
    return ServerUser(account.pw_name, account.pw_uid, account.pw_gid, switch=False)


def everyone_may_pass(folder: Path) -> bool:
    """Whether any account can reach into this folder from the root down."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents) if part.exists())


@dataclass(frozen=True)
class Places:
    """The folders of one instance."""

    run_dir: Path
    ports: Ports

    @classmethod
    def of(cls, settings: LocalSettings) -> "Places":
        """The places an instance with these settings uses."""
        return cls(settings.run_dir, Ports(settings.base_port))

    @property
    def instance(self) -> str:
        """A short name that no other instance on this machine has."""
        return hashlib.sha256(os.fsencode(self.run_dir)).hexdigest()[:12]

    @property
    def secrets(self) -> Path:
        """Passwords, connection addresses and private keys, for the owner's eyes only."""
        return self.run_dir / "secrets"

    @property
    def keys(self) -> Path:
        """Public keys."""
        return self.run_dir / "keys"

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.run_dir / "logs"

    @property
    def supervisor_config(self) -> Path:
        """The generated table of processes."""
        return self.run_dir / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        """The process id of the supervisor."""
        return self.run_dir / "supervisord.pid"

    @property
    def supervisor_socket(self) -> Path:
        """Where the supervisor is spoken to; moved out where the path would be too long for a socket."""
        inside = self.run_dir / "supervisor.sock"
        return inside if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH else self.outside / "supervisor.sock"

    @property
    def outside(self) -> Path:
        """The folder of this instance for what cannot live in the run folder."""
        return OUTSIDE / f"tellus-{self.instance}"

    @cached_property
    def data(self) -> Path:
        """Where servers keep data: inside the run folder, unless their account cannot get there."""
        inside = self.run_dir / "data"
        if inside.exists() or os.geteuid() != 0 or everyone_may_pass(self.run_dir.parent):
            return inside
        return self.outside

    @contextmanager
    def held(self) -> Iterator[None]:
        """No other command changes this instance meanwhile; waits for one that does."""
        self.run_dir.mkdir(parents=True, exist_ok=True)
        with (self.run_dir / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def make(self) -> None:
        """All folders exist, each as open as it must be and no more."""
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self.run_dir.chmod(0o711)
        for folder, mode in ((self.secrets, 0o700), (self.keys, 0o755), (self.logs, 0o700)):
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
        for folder in {self.data, self.supervisor_socket.parent} - {self.run_dir}:
            self._make_private(folder)

    def server_home(self, server: str, user: ServerUser) -> Path:
        """A server's own folder, made if needed and closed to everyone else."""
        home = self.data / server
        home.mkdir(exist_ok=True)
        owner = home.stat().st_uid
        if user.switch and owner != user.uid:
            os.chown(home, user.uid, user.gid)
        elif owner != user.uid:
            raise PlaceError(
                f"{home} belongs to another account (uid {owner}), so {server} cannot run as {user.name}. "
                "Give the command as the account that made it, or forget the instance there with 'make clean'."
            )
        home.chmod(0o700)
        return home

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        found = folder.lstat()
        if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid():
            raise PlaceError(f"{folder} is not a folder of yours; remove it, or choose another TELLUS_RUN_DIR.")
        folder.chmod(0o711)
