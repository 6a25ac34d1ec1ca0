"""What an instance really costs in memory: proportional set sizes, so that shared pages count once."""

from collections.abc import Mapping
from pathlib import Path

import psutil

from deploy.local.places import Places
from deploy.local.supervising import Supervisor, instance_processes


def memory_by_process(places: Places) -> dict[str, int]:
    """Bytes per supervised process with everything below it, and for the supervisor itself."""
    roots = {state.pid: name for name, state in Supervisor(places).states().items() if state.pid}
    totals: dict[str, int] = {}
    for process in instance_processes(places):
        name = _owner(process, roots)
        totals[name] = totals.get(name, 0) + proportional_bytes(process.pid)
    return dict(sorted(totals.items(), key=lambda item: -item[1]))


def proportional_bytes(pid: int, proc: Path = Path("/proc")) -> int:
    """The process's share of physical memory; nothing for one that has just ended."""
    try:
        lines = (proc / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _owner(process: psutil.Process, roots: Mapping[int, str]) -> str:
    try:
        line = [process.pid, *(parent.pid for parent in process.parents())]
    except psutil.NoSuchProcess:
        line = [process.pid]
    return next((roots[pid] for pid in line if pid in roots), "supervisor")
