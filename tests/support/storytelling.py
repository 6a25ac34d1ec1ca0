"""The demonstration, told as a person would start it."""

import subprocess
import sys

from tests.support.processes import ROOT
from tests.support.whole_suite import WholeSuite


def tell(suite: WholeSuite) -> "subprocess.CompletedProcess[str]":
    """What it printed, and how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.local.demo"],
        cwd=ROOT,
        env=suite.environment | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
