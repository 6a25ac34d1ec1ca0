"""The import contracts in pyproject.toml hold for the code as it is, and each is seen to break when it is broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("services", "shared", "tellus", "deploy")
CONTRACTS: Final = {
    c["id"]: c["name"]
    for c in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


@dataclass(frozen=True)
class Violation:
    """One line in one file that one contract, and no other, forbids."""

    contract: str
    file: str
    line: str
    beside: str = ""
    """A second file, importing what `file` holds: for what is forbidden indirectly too."""


AT_HOME: Final = {
    "shared/authz/decisions.py": "import cedarpy\n",
    "shared/persistence/engine.py": "import alembic, psycopg, sqlalchemy\n",
    "shared/rpc/hardened.py": "import eventlet, nameko\n",
    "services/gateway/app.py": "import fastapi, granian, starlette\n",
}
"""What some contracts protect must be imported somewhere: where it may be."""

VIOLATIONS: Final = (
    Violation("independent", "services/contacts/wiring.py", "import services.cases.settings"),
    Violation("floor", "shared/observability/metrics.py", "import services.contacts.settings"),
    Violation("floor", "shared/settings.py", "import tellus.exit_codes"),
    Violation("downwards", "services/contacts/application/get_contact.py", "import services.contacts.wiring"),
    Violation("downwards", "services/audit/adapters/log_store.py", "import services.audit.processes"),
    Violation("gateway-downwards", "services/gateway/edge/problem.py", "import services.gateway.identity"),
    Violation("pure", "services/cases/application/open_case.py", "import kombu.pools"),
    Violation("pure", "services/contacts/application/get_contact.py", "import email_validator"),
    Violation("pure", "services/contacts/application/get_contact.py", "import shared.persistence.paging"),
    Violation(
        "pure", "services/cases/application/open_case.py", "import shared.ids", beside="shared/ids.py: import smtplib"
    ),
    Violation("domain", "services/cases/domain/case.py", "import pydantic"),
    Violation("domain", "services/cases/domain/case.py", "import shared.contracts.base"),
    Violation("domain", "services/audit/domain/entry.py", "import any_other_library"),
    Violation("language", "shared/contracts/base.py", "import structlog"),
    Violation("language", "shared/contracts/envelope.py", "import shared.authz.model"),
    Violation("leaves", "shared/errors.py", "import shared.clock"),
    Violation("leaves", "shared/ids.py", "import orjson"),
    Violation("chosen-once", "services/contacts/service.py", "import services.contacts.adapters.points"),
    Violation("four-places", "services/notifications/adapters/messages.py", "import eventlet"),
    Violation("four-places", "services/contacts/adapters/points.py", "from nameko.rpc import RpcProxy"),
    Violation("asyncio", "services/audit/processes/__init__.py", "import shared.rpc.hardened"),
    Violation("asyncio", "shared/events/relay.py", "import eventlet.green"),
    Violation("http", "services/contacts/service.py", "import starlette.requests"),
    Violation("stores", "services/gateway/endpoint.py", "import psycopg"),
    Violation("stores", "tellus/commands/status.py", "import sqlalchemy"),
    Violation("one-judge", "services/gateway/deciding.py", "import cedarpy"),
    Violation("operator", "tellus/commands/status.py", "import services.audit.domain.checking"),
    Violation(
        "no-loops",
        "shared/rpc/wire.py",
        "import shared.persistence.floor",
        beside="shared/persistence/outbox.py: import shared.rpc.wire",
    ),
)


@pytest.fixture(scope="module")
def empty_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every package and module of the project, by name, with next to nothing in it."""
    tree = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            copy = tree / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(AT_HOME.get(str(file.relative_to(ROOT)), ""))
    (tree / "tests" / "architecture").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "architecture" / "only.py", tree / "tests" / "architecture")
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def broken_contracts(tree: Path) -> tuple[set[str], str]:
    """The names of the contracts that do not hold in `tree`, and what the linter said."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=tree,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Contracts: " in done.stdout, f"the linter did not finish:\n{done.stdout}\n{done.stderr}"
    lines = [line.strip() for line in done.stdout.splitlines()]
    return {line.removesuffix("BROKEN").strip() for line in lines if line.endswith("BROKEN")}, done.stdout


def test_the_code_keeps_every_contract() -> None:
    broken, said = broken_contracts(ROOT)
    assert not broken, said


def test_an_empty_project_keeps_every_contract(empty_tree: Path) -> None:
    broken, said = broken_contracts(empty_tree)
    assert not broken, said


def test_every_contract_has_a_planted_violation() -> None:
    assert {violation.contract for violation in VIOLATIONS} == set(CONTRACTS)


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: f"{v.contract}: {v.line} in {v.file}")
def test_a_planted_violation_breaks_its_contract_and_no_other(empty_tree: Path, violation: Violation) -> None:
    planted = {violation.file: violation.line}
    if violation.beside:
        file, _, line = violation.beside.partition(": ")
        planted[file] = line
    try:
        for file, line in planted.items():
            assert (empty_tree / file).is_file(), f"{file} is gone: plant the violation in a file that exists"
            (empty_tree / file).write_text(f"{AT_HOME.get(file, '')}{line}\n")
        broken, said = broken_contracts(empty_tree)
    finally:
        for file in planted:
            (empty_tree / file).write_text(AT_HOME.get(file, ""))
    assert broken == {CONTRACTS[violation.contract]}, said
