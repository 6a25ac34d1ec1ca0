"""Which local instance the commands speak of."""

from pydantic import ValidationError

from deploy.local.places import Places
from deploy.local.settings import LocalSettings
from deploy.local.supervising import Supervisor
from tellus.exit_codes import CommandFailed, ExitCode


def places() -> Places:
    """The instance that TELLUS_RUN_DIR and TELLUS_BASE_PORT name."""
    try:
        return Places.of(LocalSettings())
    except ValidationError as error:
        wrong = "; ".join(f"TELLUS_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        raise CommandFailed(f"The settings are wrong: {wrong}.", ExitCode.USAGE) from error


def running_supervisor(here: Places) -> Supervisor:
    """The supervisor of a running instance."""
    supervisor = Supervisor(here)
    if not supervisor.is_running():
        raise CommandFailed(f"Nothing runs in {here.run_dir}. 'tellus up' starts the suite.", ExitCode.NOT_WELL)
    return supervisor


def check_name(supervisor: Supervisor, name: str) -> None:
    """The supervisor has a process of this name."""
    names = sorted(supervisor.states())
    if name not in names:
        raise CommandFailed(f"There is no process {name!r}. There are: {', '.join(names)}.", ExitCode.USAGE)
