"""`tellus restart`: processes begin anew, with the code as it is now."""

import typer

from deploy.local.bringing_up import start_processes
from deploy.local.steps import Steps
from deploy.local.suite import planned
from tellus.instance import check_name, places, running_supervisor

app = typer.Typer()


@app.command()
def restart(names: list[str] = typer.Argument(None, help="Processes; all but the servers when none is named.")) -> None:
    """Restart processes and wait until they are ready."""
    here, steps = places(), Steps()
    supervisor = running_supervisor(here)
    for name in names or []:
        check_name(supervisor, name)
    chosen = [p for p in planned(here) if (p.name in names if names else p.kind == "service")]
    with here.held():
        with steps.step("Stopped"):
            supervisor.stop([process.name for process in chosen])
        start_processes(here, chosen, steps)
