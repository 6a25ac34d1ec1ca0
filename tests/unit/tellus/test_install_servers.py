"""The installing script keeps packages from starting servers, and leaves the machine's own guard as it was."""

import os
import subprocess
from pathlib import Path

import pytest

from deploy.local.packages import SCRIPT

APT = """#!/bin/sh
echo "apt-get $*" >> "$ROOT/calls"
case "$*" in
*install*)
    cat "$ROOT/policy-rc.d" > "$ROOT/guard-while-installing"
    cat "$ROOT/createcluster.d/zz-tellus.conf" > "$ROOT/clusters-while-installing"
    touch "$ROOT/units/rabbitmq-server.service"
    exit "${APT_FAILS:-0}";;
esac
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine of paper: the script with its paths moved here, and programs that only take notes."""
    text = SCRIPT.read_text()
    for there, here in (
        ("/usr/sbin/policy-rc.d", tmp_path / "policy-rc.d"),
        ("/etc/postgresql-common/createcluster.d", tmp_path / "createcluster.d"),
        ("/etc/postgresql-common", tmp_path / "nothing"),
        ("/lib/systemd/system", tmp_path / "units"),
    ):
        assert there in text
        text = text.replace(there, str(here))
    (tmp_path / "script").write_text(text)
    (tmp_path / "units").mkdir()
    (tmp_path / "units" / "postgresql.service").touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, body in (("apt-get", APT), ("systemctl", '#!/bin/sh\necho "systemctl $*" >> "$ROOT/calls"\n')):
        (programs / name).write_text(body)
        (programs / name).chmod(0o755)
    return tmp_path


def run(root: Path, **more: str) -> int:
    environment = {"PATH": f"{root / 'bin'}:{os.environ['PATH']}", "ROOT": str(root), **more}
    return subprocess.run(["/bin/sh", root / "script", "rabbitmq-server"], env=environment, check=False).returncode


def test_nothing_may_start_while_packages_are_installed(root: Path) -> None:
    assert run(root) == 0
    assert "exit 101" in (root / "guard-while-installing").read_text()
    assert "create_main_cluster = false" in (root / "clusters-while-installing").read_text()
    assert not (root / "policy-rc.d").exists()
    assert not (root / "createcluster.d").exists()


def test_only_services_that_came_with_the_packages_are_kept_from_starting_later(root: Path) -> None:
    run(root)
    calls = (root / "calls").read_text()
    assert "disable rabbitmq-server.service" in calls
    assert "postgresql.service" not in calls


def test_the_machines_own_guard_is_put_back_even_after_a_failure(root: Path) -> None:
    (root / "policy-rc.d").write_text("#!/bin/sh\nexit 104\n")
    assert run(root, APT_FAILS="100") == 100
    assert (root / "policy-rc.d").read_text() == "#!/bin/sh\nexit 104\n"


def test_a_guard_that_an_interrupted_run_left_behind_does_not_stay_for_ever(root: Path) -> None:
    mark = next(line for line in SCRIPT.read_text().splitlines() if line.startswith("mark=")).split('"')[1]
    (root / "policy-rc.d").write_text(f"#!/bin/sh\n{mark}\nexit 101\n")
    run(root)
    assert not (root / "policy-rc.d").exists()


def test_a_lock_held_by_another_package_manager_is_waited_for(root: Path) -> None:
    run(root)
    installs = [line for line in (root / "calls").read_text().splitlines() if line.startswith("apt-get")]
    assert installs
    assert all("DPkg::Lock::Timeout=400" in line for line in installs)
    assert "--no-install-recommends rabbitmq-server" in installs[-1]
