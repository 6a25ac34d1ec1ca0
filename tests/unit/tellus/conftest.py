"""Nothing that these tests make is left on the machine."""

from pathlib import Path

import pytest

from deploy.local import places


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What cannot live in a run folder goes into the test's own folder, not into the machine's."""
    folder = tmp_path / "outside"
    folder.mkdir()
    monkeypatch.setattr(places, "OUTSIDE", folder)
    return folder
