"""`tellus status`: what runs, how it is, and what it costs."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.memory import memory_by_process
from deploy.local.places import Places
from deploy.local.readiness import readiness
from deploy.local.suite import Process, planned
from deploy.local.supervising import State
from tellus.exit_codes import ExitCode
from tellus.instance import places, running_supervisor

app = typer.Typer()
_MEGABYTE = 1024 * 1024


@app.command()
def status(
    *,
    as_json: bool = typer.Option(False, "--json", help="For scripts."),
    memory: bool = typer.Option(False, "--memory", help="Add each process's share of memory (PSS) and the total."),
) -> None:
    """Show every process; ends with 3 unless all that was started is well."""
    here = places()
    states = running_supervisor(here).states()
    rows = _rows(here, states)
    total: int | None = None
    if memory:
        shares = memory_by_process(here)
        total = sum(shares.values())
        for row in rows:
            row["memory_bytes"] = shares.get(row["name"], 0)
        rows.append({"name": "supervisor", "state": "RUNNING", "memory_bytes": shares.get("supervisor", 0)})
    well = all(row.get("health", "ready") == "ready" for row in rows if row["state"] != "STOPPED")
    if as_json:
        typer.echo(json.dumps({"run_dir": str(here.run_dir), "well": well, "memory_bytes": total, "processes": rows}))
    else:
        _print(rows, total)
    raise typer.Exit(ExitCode.DONE if well else ExitCode.NOT_WELL)


def _rows(here: Places, states: dict[str, State]) -> list[dict[str, Any]]:
    processes = [process for process in planned(here) if process.name in states]
    with ThreadPoolExecutor() as pool:
        health = dict(zip((p.name for p in processes), pool.map(lambda p: _health(p, states), processes), strict=True))
    return [
        {
            "name": process.name,
            "state": states[process.name].state,
            "health": health[process.name],
            "pid": states[process.name].pid,
            "uptime_seconds": states[process.name].uptime_seconds,
            "ports": list(process.ports),
        }
        for process in processes
    ]


def _health(process: Process, states: dict[str, State]) -> str:
    state = states[process.name].state
    return readiness(process) if state in {"STARTING", "RUNNING"} else state.lower()


def _print(rows: list[dict[str, Any]], total: int | None) -> None:
    table = Table(box=None)
    table.add_column("process", no_wrap=True)
    for heading in ("state", "pid", "up", "ports", *(["MB"] if total is not None else []), "health"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            row["name"],
            row["state"],
            str(row.get("pid") or ""),
            _duration(row["uptime_seconds"]) if row.get("pid") else "",
            " ".join(str(port) for port in row.get("ports", [])),
            *([f"{row['memory_bytes'] / _MEGABYTE:.0f}"] if total is not None else []),
            row.get("health", ""),
        )
    console = Console(highlight=False)
    console.print(table)
    if total is not None:
        console.print(f"In total {total / _MEGABYTE:.0f} MB.")


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
