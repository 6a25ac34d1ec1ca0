"""The table of processes is complete, consistent, and survives the supervisor's own reading of it."""

from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.suite import SERVICES, Process, common_environment, services
from deploy.local.supervising import MARK, SupervisorError, render


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path / "run 100% mine", Ports(18000))
    found.make()
    return found


def read_back(places: Places, processes: list[Process]) -> dict[str, tuple[str, dict[str, str]]]:
    places.supervisor_config.write_text(render(places, processes))
    options = ServerOptions()
    options.configfile = str(places.supervisor_config)
    options.process_config(do_usage=False)
    programs = [program for group in options.process_group_configs for program in group.process_configs]
    return {program.name: (program.command, program.environment) for program in programs}


def test_every_process_has_a_name_and_a_health_port_of_its_own(places: Places) -> None:
    table = services(places)
    assert len({process.name for process in table}) == len(table)
    assert len({process.ready_url for process in table}) == len(table)
    assert all(process.ready_url for process in table)


def test_every_service_runs_and_so_does_what_stands_around_them(places: Places) -> None:
    assert {process.name for process in services(places)} == {
        "contacts-rpc", "cases-rpc", "notifications-rpc", "notifications-events", "notifications-sender", "audit-rpc",
        "audit-sequencer", "audit-publisher", "relay", "gateway", "gateway-rpc", "identity", "sink",
    }  # fmt: skip


def test_processes_under_eventlet_are_told_to_wait_cooperatively(places: Places) -> None:
    green = [process for process in services(places) if "shared.rpc.process" in process.command]
    assert len(green) == 6
    for process in green:
        assert process.environment["PSYCOPG_WAIT_FUNC"] == "wait_selector"
        assert process.environment["EVENTLET_NO_GREENDNS"] == "yes"


def test_each_process_is_told_its_own_health_port_under_its_service_prefix(places: Places) -> None:
    told = {p.name: p.environment for p in services(places)}
    assert told["notifications-rpc"]["NOTIFICATIONS_HEALTH_PORT"] == "18103"
    assert told["notifications-sender"]["NOTIFICATIONS_HEALTH_PORT"] == "18105"


def test_no_secret_is_in_the_environment(places: Places) -> None:
    told = common_environment(places)
    assert not [name for name, value in told.items() if "://" in value and "@" in value]
    assert {f"{service.upper()}_TRANSACTION_KEYS" for service in SERVICES} <= told.keys()


def test_the_supervisor_reads_the_table_as_it_was_meant(places: Places) -> None:
    odd = Process(
        "odd",
        "service",
        ("/bin/echo", "50% of it", "a;b", "it's"),
        1,
        {"A": "x,y=z %(here)s", "B": "a b", "C": '{"a": 1}'},
    )
    command, environment = read_back(places, [odd])["odd"]
    assert command == "/bin/echo '50% of it' 'a;b' 'it'\"'\"'s'"
    assert environment == {"A": "x,y=z %(here)s", "B": "a b", "C": '{"a": 1}', MARK: places.instance}


def test_what_the_table_cannot_express_is_refused(places: Places) -> None:
    for value in ('say "x"', "two\nlines", "before ;after", "before #after"):
        with pytest.raises(SupervisorError, match="cannot express"):
            render(places, [Process("odd", "service", ("true",), 1, {"A": value})])


def test_the_whole_table_is_read_back(places: Places) -> None:
    table = services(places)
    assert set(read_back(places, table)) == {process.name for process in table}
