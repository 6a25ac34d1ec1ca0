"""Importing is free: no environment, no socket, no thread, no file written, whatever module it is."""

import subprocess
import sys
from typing import Final

import pytest

from tests.architecture.sources import ROOT, sources

PATCHES_EVERYTHING: Final = "shared.rpc.process"
"""Becomes green from its first line, so it is imported by itself."""
GUARD: Final = """
import importlib, sys, threading

def refuse(event, arguments):
    if event.startswith("socket.") and event not in {"socket.__new__", "socket.gethostname"}:
        raise RuntimeError(f"importing opened a socket: {event}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        if not str(arguments[0]).endswith((".pyc", "/dev/null")) and ".pyc." not in str(arguments[0]):
            raise RuntimeError(f"importing wrote {arguments[0]}")

sys.dont_write_bytecode = True
sys.addaudithook(refuse)
for name in sys.argv[1:]:
    before = threading.active_count()
    try:
        importlib.import_module(name)
    except BaseException as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
    if threading.active_count() > before:
        sys.exit(f"{name}: importing started a thread")
"""
MODULES: Final = [
    source.module
    for source in sources()
    if "/migrations/" not in source.path and not source.path.endswith("__main__.py")
]


@pytest.mark.parametrize("names", [[m for m in MODULES if m != PATCHES_EVERYTHING], [PATCHES_EVERYTHING]], ids=len)
def test_every_module_imports_without_environment_and_without_a_socket(names: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARD, *names],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
