"""The compose file runs what `tellus up` runs, tells each container no more than it must know, and fences each in."""

import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from deploy.compose.make_secrets import make_secrets
from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.suite import SERVICES, Process, services
from services.audit.settings import PublisherSettings, SequencerSettings
from services.audit.settings import Settings as AuditSettings
from services.cases.settings import Settings as CasesSettings
from services.contacts.settings import Settings as ContactsSettings
from services.gateway.directory_settings import DirectorySettings
from services.gateway.settings import Settings as GatewaySettings
from services.notifications.settings import SenderSettings
from services.notifications.settings import Settings as NotificationsSettings
from shared.settings import SECRETS_DIRECTORY, Settings, read
from tests.architecture.sources import ROOT
from tests.support.composed import Container, containers, document

CONTAINERS: Final = containers()
PROCESSES: Final = {
    process.name: process
    for process in services(Places(Path("/nowhere"), Ports(18000)))
    if process.name != "identity"  # refuses to leave loopback: Keycloak takes its place
}
OF_THE_IMAGE: Final = {"PYTHONUNBUFFERED", "MALLOC_ARENA_MAX", SECRETS_DIRECTORY}
OF_ONE_MACHINE: Final = {
    "TELLUS_RUN_DIR",
    "TELLUS_BASE_PORT",
    # a sink on the same machine answers at once; the defaults suit a real server
    "NOTIFICATIONS_LEASE_SECONDS",
    "NOTIFICATIONS_CONVERSATION_SECONDS",
    "NOTIFICATIONS_SMTP_TIMEOUT_SECONDS",
    "GATEWAY_QUOTAS",  # there one person is a whole import
}
SAID_IN_FULL: Final = {"GATEWAY_ISSUER": "GATEWAY_ISSUERS", "GATEWAY_CLIENT_ID": "GATEWAY_ISSUERS"}
WRITABLE: Final = {"keycloak": "it assembles itself at start, inside its own folder"}
HEALTH_PORT: Final = "9100"
SETTINGS: Final[dict[str, tuple[type[BaseSettings], str]]] = {
    "contacts-rpc": (ContactsSettings, "contacts"),
    "cases-rpc": (CasesSettings, "cases"),
    "notifications-rpc": (NotificationsSettings, "notifications"),
    "notifications-events": (NotificationsSettings, "notifications"),
    "notifications-sender": (SenderSettings, "notifications"),
    "audit-rpc": (AuditSettings, "audit"),
    "audit-sequencer": (SequencerSettings, "audit"),
    "audit-publisher": (PublisherSettings, "audit"),
    "gateway": (GatewaySettings, "gateway"),
    "gateway-rpc": (DirectorySettings, "gateway"),
    **{f"relay-{service}": (Settings, service) for service in SERVICES},
}
RUNS_A_PROCESS: Final = sorted(SETTINGS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of every secret, made as an operator makes it."""
    folder = tmp_path_factory.mktemp("compose")
    make_secrets(folder)
    return folder / "secrets"


def process_of(container: str) -> Process:
    return PROCESSES["relay" if container.startswith("relay-") else container]


def only_fenced_in(container: Container) -> list[str]:
    """What fences this container in less than every other."""
    said = container.said
    limits = said.get("deploy", {}).get("resources", {}).get("limits", {})
    uid = str(said.get("user", "0")).partition(":")[0]
    rules = {
        "its root file system can be written": said.get("read_only") is True or container.name in WRITABLE,
        "it runs as root": uid.isdigit() and int(uid) > 0,
        "it keeps capabilities": said.get("cap_drop") == ["ALL"] and "cap_add" not in said,
        "it may gain privileges": said.get("security_opt") == ["no-new-privileges:true"],
        "it is privileged": "privileged" not in said and "devices" not in said and "pid" not in said,
        "it is not limited": {"cpus", "memory", "pids"} <= set(limits),
        "its log is not limited": {"max-size", "max-file"} <= set(said.get("logging", {}).get("options", {})),
        "nobody asks how it is": bool(said.get("healthcheck", {}).get("test")) or container.job,
        "it shares the machine's network": "network_mode" not in said,
        "it mounts what belongs to the machine": all(
            source.startswith("./deploy/") or "/" not in source for source in _mounted(container)
        ),
        "it can change what it mounts": all(
            volume.endswith(":ro") for volume in said.get("volumes", []) if volume.startswith(".")
        ),
    }
    return [wrong for wrong, right in rules.items() if not right]


def _mounted(container: Container) -> list[str]:
    return [volume.partition(":")[0] for volume in container.said.get("volumes", [])]


def test_every_process_has_its_container_and_every_container_of_ours_its_process() -> None:
    expected = (set(PROCESSES) - {"relay"}) | {f"relay-{service}" for service in SERVICES} | {"setup"}
    assert {name for name, container in CONTAINERS.items() if container.ours} == expected
    assert set(CONTAINERS) - expected == {"postgres", "rabbitmq", "databases", "keycloak"}


@pytest.mark.parametrize("name", [*RUNS_A_PROCESS, "sink"])
def test_a_container_runs_the_command_that_the_suite_runs(name: str) -> None:
    python, module_flag, *command = process_of(name).command
    if name.startswith("relay-"):
        command = [command[0], name.removeprefix("relay-")]
    assert (Path(python).name.startswith("python"), module_flag) == (True, "-m")  # what the image's entry point says
    assert CONTAINERS[name].said["command"] == command


@pytest.mark.parametrize("name", RUNS_A_PROCESS)
def test_a_container_is_told_what_the_suite_tells_the_process(name: str) -> None:
    settings, prefix = SETTINGS[name]
    told = set(process_of(name).environment) - OF_THE_IMAGE - OF_ONE_MACHINE
    its_own = {n for n in told if n.lower().removeprefix(f"{prefix}_") in settings.model_fields}
    everybody_s = {n for n in told if not n.lower().startswith(tuple(f"{service}_" for service in SERVICES))}
    assert {SAID_IN_FULL.get(n, n) for n in its_own | everybody_s} <= set(CONTAINERS[name].environment)


@pytest.mark.parametrize("name", RUNS_A_PROCESS)
def test_settings_can_be_read_from_what_a_container_gets(
    name: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container, (settings, prefix) = CONTAINERS[name], SETTINGS[name]
    for secret in container.secrets:
        shutil.copy(made / secret, tmp_path / secret)
    monkeypatch.setenv(SECRETS_DIRECTORY, str(tmp_path))
    for variable, value in container.environment.items():
        monkeypatch.setenv(variable, value)
    found: Any = read(settings, prefix)
    assert found.health_port == (0 if name.startswith("relay-") else int(HEALTH_PORT))
    assert "@postgres:5432/tellus_" in found.database_url.get_secret_value()
    assert "@rabbitmq:5672/tellus" in found.amqp_url.get_secret_value()
    assert (tmp_path / found.transaction_keys.name).is_file()


@pytest.mark.parametrize("name", RUNS_A_PROCESS)
def test_every_setting_named_is_one_and_none_is_secret(name: str) -> None:
    settings, prefix = SETTINGS[name]
    beside = {"EVENTLET_NO_GREENDNS", "PSYCOPG_WAIT_FUNC", "RELAY_HEALTH_HOST", "RELAY_HEALTH_PORT"}
    for variable in set(CONTAINERS[name].environment) - beside:
        field = settings.model_fields[variable.removeprefix(f"{prefix.upper()}_").lower()]
        assert SecretStr not in (field.annotation, *getattr(field.annotation, "__args__", ())), variable


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_no_environment_holds_a_secret(name: str) -> None:
    for variable, value in CONTAINERS[name].environment.items():
        assert variable.endswith("_FILE") or not {"PASSWORD", "SECRET", "TOKEN"} & set(variable.split("_")), variable
        assert "@" not in value or variable == "NOTIFICATIONS_FROM_ADDRESS", variable


def test_every_secret_is_made_declared_and_used(made: Path) -> None:
    declared = document()["secrets"]
    used = set().union(*(container.secrets for container in CONTAINERS.values()))
    assert used == set(declared) <= {file.name for file in made.iterdir()}
    assert {Path(said["file"]) for said in declared.values()} == {Path(".run/compose/secrets", name) for name in used}


def test_secrets_are_kept_and_closed_to_others(made: Path) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir() if file.name != "rabbitmq_definitions.json"}
    make_secrets(made.parent)
    assert {name: (made / name).read_bytes() for name in before} == before
    assert made.stat().st_mode & 0o777 == 0o700
    assert "/.run/" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", RUNS_A_PROCESS)
def test_a_container_reads_its_own_service_s_secrets_only(name: str) -> None:
    service = SETTINGS[name][1]
    foreign = {s for s in CONTAINERS[name].secrets if not s.startswith(f"{service}_")}
    assert foreign == {"transaction_keys.json"}
    assert not {s for s in CONTAINERS[name].secrets if "owner" in s}, "the owner's rights are for migrations"
    assert CONTAINERS[name].image == service


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_every_container_is_fenced_in(name: str) -> None:
    assert only_fenced_in(CONTAINERS[name]) == []


def test_a_missing_fence_is_seen() -> None:
    open_wide = Container("x", {"image": "x", "privileged": True, "volumes": ["/:/host"], "network_mode": "host"})
    assert len(only_fenced_in(open_wide)) == 10, "all rules but the one on mounted files of ours"


def test_only_the_gateway_is_published_and_only_on_loopback() -> None:
    published = {name: c.said["ports"] for name, c in CONTAINERS.items() if "ports" in c.said}
    assert {name for name in published if "profiles" not in CONTAINERS[name].said} == {"gateway"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_stores_and_broker_have_no_way_out() -> None:
    assert document()["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "rabbitmq", "databases", "setup", *RUNS_A_PROCESS):
        more = {"gateway": ["edge"], "notifications-sender": ["mail"]}.get(name, [])
        assert CONTAINERS[name].said["networks"] == ["inside", *more]


def test_nothing_starts_before_what_it_needs_is_there() -> None:
    assert CONTAINERS["databases"].said["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert CONTAINERS["setup"].said["depends_on"] == {
        "databases": {"condition": "service_completed_successfully"},
        "rabbitmq": {"condition": "service_healthy"},
    }
    for name in RUNS_A_PROCESS:
        waits = CONTAINERS[name].said["depends_on"]
        assert waits["setup"] == {"condition": "service_completed_successfully"}
    answering = {name for name in RUNS_A_PROCESS if name.endswith("-rpc")}
    assert answering <= set(CONTAINERS["gateway"].said["depends_on"])


@pytest.mark.parametrize("name", RUNS_A_PROCESS)
def test_readiness_is_asked_where_it_is_answered(name: str) -> None:
    *_, port, path = CONTAINERS[name].said["healthcheck"]["test"]
    prefix = "RELAY" if name.startswith("relay-") else SETTINGS[name][1].upper()
    assert (port, path) == (HEALTH_PORT, "/readyz")
    assert CONTAINERS[name].environment[f"{prefix}_HEALTH_PORT"] == port
