"""`tellus down`: nothing of the suite runs any more."""

import typer

from deploy.local.steps import Steps
from deploy.local.taking_down import forget, take_down
from tellus.instance import places

app = typer.Typer()


@app.command()
def down(*, forget_all: bool = typer.Option(False, "--forget", help="Also remove all data, secrets and logs.")) -> None:
    """Stop the suite; data stays unless told otherwise."""
    here, steps = places(), Steps()
    with steps.step("Everything stops"):
        take_down(here)
    if forget_all:
        with steps.step(f"Everything in {here.run_dir} is removed"):
            forget(here)
