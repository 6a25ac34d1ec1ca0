"""Each service has one history of migrations, numbered without holes, and each step can be told from its file."""

import re
from pathlib import Path
from typing import Final

import pytest
from alembic.script import Script, ScriptDirectory

from shared.events.topology import SERVICES
from shared.persistence.migrating import config_for
from tests.architecture.sources import ROOT


@pytest.fixture
def history(service: str, monkeypatch: pytest.MonkeyPatch) -> list[Script]:
    """The revisions of a service, oldest first."""
    monkeypatch.chdir(ROOT)
    directory = ScriptDirectory.from_config(config_for(service))
    assert len(directory.get_heads()) == 1, f"{service} has more than one head: renumber the younger revision"
    return list(directory.walk_revisions())[::-1]


ALL: Final = pytest.mark.parametrize("service", SERVICES)


@ALL
def test_revisions_are_numbered_without_holes(history: list[Script]) -> None:
    assert [script.revision for script in history] == [f"{n:04d}" for n in range(1, len(history) + 1)]


@ALL
def test_a_file_is_named_for_its_revision(history: list[Script]) -> None:
    for script in history:
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+\.py", Path(script.path).name)


@ALL
def test_every_step_says_what_it_does_and_can_be_taken_back(history: list[Script]) -> None:
    for script in history:
        assert script.doc, f"{script.path} does not say what it does"
        assert callable(script.module.upgrade)
        assert callable(script.module.downgrade)
