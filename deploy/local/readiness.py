"""Waits until everything that was started says that it is ready."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx

from deploy.local.errors import LocalError
from deploy.local.places import Places
from deploy.local.suite import Process

_LAST_LINES: Final = 4
_SETTLED_SECONDS: Final = 15.0  # by then everything that another process waits for is up


class NotReadyError(LocalError):
    """Something that was started is not ready in time."""


def readiness(process: Process, *, seconds: float = 2.0) -> str:
    """`ready`, or the reason why not, in a few words."""
    if process.ready_url is None:
        return "ready"
    try:
        answer = httpx.get(process.ready_url, timeout=seconds, trust_env=False)
    except httpx.HTTPError as error:
        return f"no answer ({type(error).__name__})"
    return "ready" if answer.is_success else f"answered {answer.status_code}: {answer.text.strip()[:200]}"


def wait_until_ready(
    places: Places, processes: Iterable[Process], *, seconds: float, ended: Callable[[], Iterable[str]]
) -> None:
    """Every process is ready, or the error shows what each that is not said last.

    Names among `ended` have ended by themselves; those that still do so after a while are not waited for any longer.
    """
    begun, waiting = time.monotonic(), list(processes)
    with ThreadPoolExecutor() as pool:
        while waiting:
            reasons = dict(zip((p.name for p in waiting), pool.map(readiness, waiting), strict=True))
            waiting = [process for process in waiting if reasons[process.name] != "ready"]
            waited = time.monotonic() - begun
            hopeless = waited > _SETTLED_SECONDS and not {p.name for p in waiting}.isdisjoint(ended())
            if waiting and (hopeless or waited > seconds):
                told = (f"{p.name}: {reasons[p.name]}\n{last_lines(places, p.name)}" for p in waiting)
                raise NotReadyError(f"Not ready after {waited:.0f} s:\n" + "\n".join(told))
            if waiting:
                time.sleep(0.1)


def last_lines(places: Places, name: str, count: int = _LAST_LINES) -> str:
    """The end of a process's log, indented."""
    log = places.logs / f"{name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:] if log.exists() else []
    return "\n".join(f"    {line}" for line in lines) or "    (it wrote no log)"
