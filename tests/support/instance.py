"""One whole suite of a test's own: brought up, poked, counted, taken down."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from deploy.local.ports import free_base
from tests.support.processes import ROOT

PRODUCERS = ("contacts", "cases", "notifications", "audit", "gateway")


@dataclass
class Instance:
    """A suite in a run folder of its own, on ports of its own."""

    run_dir: Path
    base_port: int

    @classmethod
    def named(cls, name: str, wanted_port: int) -> "Instance":
        """An instance that nobody else uses."""
        return cls(ROOT / ".run" / name, free_base(wanted_port))

    @property
    def environment(self) -> dict[str, str]:
        """What makes a command mean this instance."""
        mine = {"TELLUS_RUN_DIR": str(self.run_dir), "TELLUS_BASE_PORT": str(self.base_port)}
        return {k: v for k, v in os.environ.items() if not k.startswith("TELLUS_")} | mine

    def tellus(self, *arguments: str, check: bool = True, seconds: float = 600) -> "subprocess.CompletedProcess[str]":
        """Run a `tellus` command."""
        done = subprocess.run(
            [sys.executable, "-m", "tellus", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert not check or done.returncode == 0, f"tellus {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
        return done

    def begin(self, *arguments: str, output: Path) -> "subprocess.Popen[bytes]":
        """Begin a `tellus` command in the background, its output in a file."""
        with output.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "tellus", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def pids(self) -> dict[str, int]:
        """Every running process, by name."""
        rows = json.loads(self.tellus("status", "--json", check=False).stdout)
        rows = rows["processes"] if isinstance(rows, dict) else rows
        return {row["name"]: row["pid"] for row in rows if row.get("pid")}

    def kill(self, name: str) -> None:
        """SIGKILL, children too: no farewell."""
        process = psutil.Process(self.pids()[name])
        for one in [process, *process.children(recursive=True)]:
            one.send_signal(signal.SIGKILL)

    def secret(self, name: str) -> str:
        """One of the instance's secrets."""
        return (self.run_dir / "secrets" / name).read_text(encoding="utf-8").strip()

    def sql_superuser(self, statement: str) -> None:
        """Tell the database server something, as its superuser."""
        password = self.secret("postgres_password")
        url = f"postgresql://postgres:{password}@127.0.0.1:{self.base_port + 32}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def sql(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """Ask a service's store."""
        url = self.secret(f"{service}_owner_database_url").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def get(self, offset: int, path: str) -> Any:
        """JSON from one of the instance's listeners."""
        return httpx.get(f"http://127.0.0.1:{self.base_port + offset}{path}", timeout=10).json()


def until(true: Any, *, seconds: float, what: str) -> None:
    """Wait for something to come true; fails saying what did not."""
    deadline = time.monotonic() + seconds
    while True:
        found = true()
        if found is True:
            return
        assert time.monotonic() < deadline, f"{what}: {found}"
        time.sleep(0.5)
