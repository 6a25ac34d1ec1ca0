"""The guide to the API is true: its blocks are run in their order, as a reader would run them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.whole_suite import WholeSuite

GUIDE: Final = Path("docs/api-guide.md")
WRITTEN: Final = "http://127.0.0.1:18000"
BLOCK: Final = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS: Final = 120


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(GUIDE.read_text())


def test_every_block_of_the_guide_works_in_its_order(suite: WholeSuite) -> None:
    environment = {**os.environ, **suite.environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    in_python: list[str] = []
    for language, text in blocks():
        here = text.replace(WRITTEN, suite.address).replace(
            ".venv/bin/tellus", str(Path(sys.executable).parent / "tellus")
        )
        if language == "python":
            in_python.append(here)
            continue
        done = subprocess.run(
            ["bash", "-euc", here], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if "curl: command not found" in done.stderr:
            pytest.skip("there is no curl here")
        assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(in_python)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guide_has_something_to_run_in_every_chapter() -> None:
    chapters = GUIDE.read_text().split("\n## ")[1:]

    assert len(chapters) >= 11
    assert all("```" in chapter for chapter in chapters)
