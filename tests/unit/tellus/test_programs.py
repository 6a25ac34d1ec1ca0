"""The servers of a machine are found where packages put them."""

from pathlib import Path

from deploy.local.programs import ServerPrograms, find_programs


def machine(
    root: Path, *, postgres: tuple[int, ...] = (), contrib: tuple[int, ...] = (), rabbitmq: bool = False
) -> Path:
    for version in postgres:
        folder = root / f"usr/lib/postgresql/{version}/bin"
        folder.mkdir(parents=True)
        (folder / "postgres").touch()
    for version in contrib:
        folder = root / f"usr/share/postgresql/{version}/extension"
        folder.mkdir(parents=True)
        (folder / "pg_trgm.control").touch()
    if rabbitmq:
        folder = root / "usr/lib/rabbitmq/bin"
        folder.mkdir(parents=True)
        (folder / "rabbitmq-server").touch()
    return root


def test_a_bare_machine_lacks_all_three_packages(tmp_path: Path) -> None:
    assert find_programs(machine(tmp_path)).missing_packages() == [
        "postgresql",
        "postgresql-contrib",
        "rabbitmq-server",
    ]


def test_a_complete_machine_lacks_nothing(tmp_path: Path) -> None:
    found = find_programs(machine(tmp_path, postgres=(15,), contrib=(15,), rabbitmq=True))
    assert found.missing_packages() == []


def test_the_newest_version_is_taken_by_number_and_not_by_name(tmp_path: Path) -> None:
    found = find_programs(machine(tmp_path, postgres=(9, 15, 17), contrib=(17,), rabbitmq=True))
    assert found.postgres == tmp_path / "usr/lib/postgresql/17/bin"


def test_a_version_that_is_too_old_does_not_count(tmp_path: Path) -> None:
    found = find_programs(machine(tmp_path, postgres=(13,), contrib=(13,), rabbitmq=True))
    assert found == ServerPrograms(None, postgres_contrib=False, rabbitmq=tmp_path / "usr/lib/rabbitmq/bin")


def test_extensions_of_another_version_do_not_count(tmp_path: Path) -> None:
    found = find_programs(machine(tmp_path, postgres=(15,), contrib=(13,), rabbitmq=True))
    assert found.missing_packages() == ["postgresql-contrib"]
