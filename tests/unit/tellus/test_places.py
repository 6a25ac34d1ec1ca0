"""An instance keeps its things where their owners, and nobody else, can reach them."""

import os
import stat
from pathlib import Path

import pytest

from deploy.local import places as places_module
from deploy.local.places import PlaceError, Places, ServerUser, everyone_may_pass
from deploy.local.ports import Ports

ME = ServerUser("me", os.geteuid(), os.getegid(), switch=False)


def instance(run_dir: Path) -> Places:
    run_dir.parent.mkdir(parents=True, exist_ok=True)
    return Places(run_dir.resolve(), Ports(18000))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_closed_to_everyone_else(tmp_path: Path) -> None:
    places = instance(tmp_path / "run")
    places.make()
    assert (mode(places.secrets), mode(places.logs)) == (0o700, 0o700)


def test_an_open_run_folder_keeps_its_data_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places_module, "everyone_may_pass", lambda _: True)
    places = instance(tmp_path / "run")
    assert places.data == places.run_dir / "data"


def test_under_a_closed_folder_root_keeps_data_where_the_server_can_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outside: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    places = instance(closed / "clone" / ".run")
    assert not everyone_may_pass(closed)
    assert places.data.parent == outside


def test_without_root_the_data_always_stays_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    places = instance(closed / ".run")
    assert places.data == places.run_dir / "data"


def test_data_that_is_inside_already_is_not_lost_when_a_parent_is_closed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    (closed / ".run" / "data").mkdir(parents=True)
    closed.chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    places = instance(closed / ".run")
    assert places.data == places.run_dir / "data"


def test_a_socket_path_too_long_for_the_kernel_is_moved_out(tmp_path: Path, outside: Path) -> None:
    places = instance(tmp_path / ("deep" * 25) / ".run")
    assert places.supervisor_socket.parent.parent == outside


def test_a_link_in_place_of_the_outside_folder_is_refused(tmp_path: Path) -> None:
    places = instance(tmp_path / ("deep" * 25) / ".run")
    places.outside.symlink_to(tmp_path)
    with pytest.raises(PlaceError, match="not a folder of yours"):
        places.make()


def test_two_run_folders_are_two_instances(tmp_path: Path) -> None:
    assert instance(tmp_path / "one").instance != instance(tmp_path / "two").instance


def test_a_server_folder_of_another_account_is_refused_in_words(tmp_path: Path) -> None:
    places = instance(tmp_path / "run")
    places.make()
    places.data.mkdir(exist_ok=True)
    stranger = ServerUser("stranger", ME.uid + 1, ME.gid, switch=False)
    with pytest.raises(PlaceError, match="belongs to another account"):
        places.server_home("postgres", stranger)
