"""Writes the supervisor's table and speaks to the supervisor over its socket."""

import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psutil

from deploy.local.errors import LocalError
from deploy.local.places import Places
from deploy.local.ports import is_free
from deploy.local.private_files import write_private
from deploy.local.settings import REPOSITORY
from deploy.local.suite import SERVERS, Process

MARK: Final = "TELLUS_INSTANCE"
_START_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 90.0
_ENDED: Final = frozenset({"BACKOFF", "EXITED", "FATAL"})
_RUNNING: Final = frozenset({"RUNNING", "STARTING", "BACKOFF"})


class SupervisorError(LocalError):
    """The supervisor could not do what was asked."""


@dataclass(frozen=True)
class State:
    """What the supervisor knows of one process."""

    name: str
    state: str
    pid: int | None
    uptime_seconds: int
    detail: str


def render(places: Places, processes: Iterable[Process]) -> str:
    """The whole table in the supervisor's own format."""
    head = [
        "[supervisord]",
        f"directory={_literal(str(REPOSITORY))}",
        f"logfile={_literal(str(places.logs / 'supervisord.log'))}",
        "logfile_maxbytes=5MB",
        "logfile_backups=1",
        f"pidfile={_literal(str(places.supervisor_pid))}",
        f"childlogdir={_literal(str(places.logs))}",
        "minfds=1024",
        "umask=077",
        *(["user=root"] if os.geteuid() == 0 else []),
        "",
        "[unix_http_server]",
        f"file={_literal(str(places.supervisor_socket))}",
        "chmod=0600",
        "",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    return "\n".join([*head, *(line for process in processes for line in _program(places, process))]) + "\n"


def _program(places: Places, process: Process) -> list[str]:
    environment = {MARK: places.instance, **process.environment}
    return [
        "",
        f"[program:{process.name}]",
        f"command={_literal(shlex.join(process.command))}",
        f"directory={_literal(environment.get('HOME', str(REPOSITORY)))}",
        "environment=" + ",".join(f"{name}={_quoted(value)}" for name, value in sorted(environment.items())),
        f"priority={process.priority}",
        "autostart=false",
        "autorestart=true",
        # What ends sooner than this was not started, and is tried again ever more slowly.
        f"startsecs={1 if process.kind == 'server' else 3}",
        "startretries=1000000",
        f"stopsignal={process.stop_signal}",
        f"stopwaitsecs={process.stop_seconds}",
        "stopasgroup=true",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_literal(_literal(str(places.logs / (process.name + '.log'))))}",  # this one is expanded twice
        "stdout_logfile_maxbytes=10MB",
        "stdout_logfile_backups=2",
        *([f"user={process.user}"] if process.user else []),
    ]


def _quoted(value: str) -> str:
    quote = "'" if '"' in value else '"'  # it takes away either from both ends, and reads neither within the other
    if quote in value or value.strip("'\"") != value:
        raise SupervisorError(f"{value!r} holds a quote, which the supervisor's table cannot express.")
    return f"{quote}{_literal(value)}{quote}"


def _literal(value: str) -> str:
    """The supervisor expands %(name)s, so a percent sign is doubled; some sequences cannot be expressed at all."""
    if any(sequence in value for sequence in ("\n", " ;", " #")):
        raise SupervisorError(f"{value!r} holds a character that the supervisor's table cannot express.")
    return value.replace("%", "%%")


class Supervisor:
    """The supervisor of one instance, whether it runs or not."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._socket = str(places.supervisor_socket)

    def is_running(self) -> bool:
        """Whether it answers."""
        try:
            return bool(self._ask("getState")["statename"] == "RUNNING")
        except OSError:
            return False

    def start(self) -> None:
        """It answers; whatever an earlier supervisor left behind has been ended first."""
        if self.is_running():
            return
        end_strays(self._places)
        self._places.supervisor_socket.unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._places.supervisor_config)],
            cwd=REPOSITORY,
            env={"PATH": os.environ.get("PATH", os.defpath), MARK: self._places.instance, "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            check=True,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_running():
            if time.monotonic() > deadline:
                raise SupervisorError(f"The supervisor did not answer; see {self._places.logs / 'supervisord.log'}.")
            time.sleep(0.05)

    def write(self, processes: Sequence[Process]) -> None:
        """The table on disk holds these processes."""
        write_private(self._places.supervisor_config, render(self._places, processes))

    def take_up(self) -> list[str]:
        """The table on disk is in force; returns what was running under another table and was therefore stopped."""
        added, changed, removed = self._ask("reloadConfig")[0]
        before = self.states()
        for name in [*changed, *removed]:
            self._ask("stopProcessGroup", name)
            self._ask("removeProcessGroup", name)
        for name in [*added, *changed]:
            self._ask("addProcessGroup", name)
        return [name for name in [*changed, *removed] if before[name].pid]

    def states(self) -> dict[str, State]:
        """Every process in the table, by name."""
        return {
            info["name"]: State(
                name=info["name"],
                state=info["statename"],
                pid=info["pid"] or None,
                uptime_seconds=max(0, info["now"] - info["start"]) if info["pid"] else 0,
                detail=info["spawnerr"] or info["description"],
            )
            for info in self._ask("getAllProcessInfo")
        }

    def ended(self) -> list[str]:
        """The processes that ended by themselves and wait to be started again."""
        return [state.name for state in self.states().values() if state.state in _ENDED]

    def run(self, process: Process) -> None:
        """The process has been told to run; one that runs already is left alone."""
        if self.states()[process.name].state in _RUNNING:
            return
        for port in process.ports:
            if not is_free(port):
                raise SupervisorError(
                    f"Port {port}, which {process.name} needs, is taken by another program. "
                    "Stop that one, or choose another TELLUS_BASE_PORT."
                )
        try:
            self._ask("startProcess", process.name, False)  # does not wait until it has stayed up
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise SupervisorError(f"{process.name} could not be started: {fault.faultString}") from fault

    def stop(self, names: Sequence[str]) -> None:
        """None of these processes runs; all stop at the same time, each with as long as the table gives it."""
        for name in names:
            try:
                self._ask("stopProcess", name, False)  # does not wait for it
            except xmlrpc.client.Fault as fault:
                if "NOT_RUNNING" not in fault.faultString:
                    raise SupervisorError(f"{name} could not be stopped: {fault.faultString}") from fault
        deadline = time.monotonic() + _STOP_SECONDS
        while stopping := [state.name for state in self.states().values() if state.name in names and state.pid]:
            if time.monotonic() > deadline:
                raise SupervisorError(f"Still not stopped: {', '.join(stopping)}.")
            time.sleep(0.1)

    def shut_down(self) -> None:
        """Neither the supervisor nor anything that it started runs any more; what depends on others stops first."""
        if self.is_running():
            supervisor = psutil.Process(self._ask("getPID"))
            kinds = {state.name: state.name in SERVERS for state in self.states().values()}
            self.stop([name for name, is_server in kinds.items() if not is_server])
            self.stop([name for name, is_server in kinds.items() if is_server])
            self._ask("shutdown")
            psutil.wait_procs([supervisor], timeout=_STOP_SECONDS)
        end_strays(self._places)
        self._places.supervisor_socket.unlink(missing_ok=True)

    def _ask(self, method: str, *arguments: object) -> Any:
        proxy = xmlrpc.client.ServerProxy("http://local", transport=_OverSocket(self._socket))
        return getattr(proxy.supervisor, method)(*arguments)


class _OverSocket(xmlrpc.client.Transport):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: object) -> http.client.HTTPConnection:
        del host
        return _SocketConnection(self._path)


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=120)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def instance_processes(places: Places) -> list[psutil.Process]:
    """Everything alive that carries this instance's mark, this command and its parents excepted."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == places.instance:
                # PostgreSQL's backends overwrite their environment; their parent does not.
                found |= {one.pid: one for one in (process, *process.children(recursive=True))}
        except psutil.Error:  # gone meanwhile, or another account's: not ours either way
            continue
    return [process for pid, process in found.items() if pid not in mine]


def end_strays(places: Places) -> None:
    """Nothing of this instance runs, even if its supervisor was killed and could not see to it."""
    strays = instance_processes(places)
    for process in strays:
        _signal(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(strays, timeout=30)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=10)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
