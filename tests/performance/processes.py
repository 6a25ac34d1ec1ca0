"""CPU time of every process of a suite, children included: what wall clocks on a busy machine cannot tell."""

from collections.abc import Mapping

import psutil

from tests.support.instance import Instance

SUPERVISOR = "supervisor"


def pids_of(suite: Instance) -> dict[str, int]:
    """Everything that runs, its supervisor too."""
    pids = suite.pids()
    return pids | {SUPERVISOR: psutil.Process(pids["gateway"]).ppid()}


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds that each has used until now, its children's with it."""
    return {name: _used(psutil.Process(pid), children=name != SUPERVISOR) for name, pid in pids.items()}


def machine_seconds() -> float:
    """CPU seconds that the machine has spent on anything."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice)


def _used(process: psutil.Process, *, children: bool = True) -> float:
    own = process.cpu_times()
    total: float = own.user + own.system
    if not children:
        return total
    total += own.children_user + own.children_system
    for child in process.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it ended between two looks: its parent counts it from now on
        total += times.user + times.system + times.children_user + times.children_system
    return total
