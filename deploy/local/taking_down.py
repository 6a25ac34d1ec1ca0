"""Stops an instance, and forgets it when asked."""

import shutil

from deploy.local.places import Places
from deploy.local.supervising import Supervisor


def take_down(places: Places) -> None:
    """Nothing of this instance runs; its data stays."""
    if places.run_dir.exists():
        with places.held():
            Supervisor(places).shut_down()


def forget(places: Places) -> None:
    """Nothing of this instance is left: no data, no secrets, no logs."""
    for folder in {places.outside, places.run_dir}:
        if folder.exists():
            shutil.rmtree(folder)
