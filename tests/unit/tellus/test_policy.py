"""`tellus policy`: expectations are tried, and a decision is explained down to the line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.authz import sources
from shared.authz.decisions import policies_of
from shared.authz.sources import CONTRACTS, places_of, services
from tellus import policy_expectations
from tellus.main import app
from tellus.policy_expectations import verdicts

run = CliRunner()
WRONG = """
- say: Agents know nobody
  who: {roles: agent}
  what: {type: Contact, id: sian, contact: sian}
  may_not: [get_contact]
- say: Auditors are shown everything
  who: {roles: auditor}
  what: {type: Contact, id: sian, contact: sian}
  may: [get_contact]
  shows: ["*"]
- say: An auditor may look because of another policy
  who: {roles: auditor}
  what: {type: Contact, id: sian, contact: sian}
  may: [get_contact]
  because: [contacts.migration-brings-contacts-in]
"""


@pytest.mark.parametrize("service", services())
def test_every_expectation_beside_the_contracts_holds(service: str) -> None:
    found = list(verdicts(service))
    assert found
    assert [(verdict.sentence, verdict.action, verdict.problem) for verdict in found if not verdict.held] == []


@pytest.mark.parametrize("service", ["contacts", "cases", "notifications", "audit"])
def test_every_wall_and_every_purpose_is_expected_of_somebody(service: str) -> None:
    page = (CONTRACTS / service / "expectations.yaml").read_text()
    walls = {name for name in places_of(service) if ".wall-" in name or ".purpose-" in name}
    assert {name for name in walls if name not in page} == set()


def test_an_expectation_that_does_not_hold_is_told_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contacts").mkdir()
    (tmp_path / "contacts" / "expectations.yaml").write_text(WRONG)
    monkeypatch.setattr(policy_expectations, "CONTRACTS", tmp_path)
    told = run.invoke(app, ["policy", "test", "--service", "contacts", "--json"])
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.exit_code == 1
    assert [line["held"] for line in lines] == [False, False, False]
    assert "allowed by contacts.staff-who-serve-people-know-them" in lines[0]["problem"]
    assert lines[1]["problem"] == "shows language"
    assert "migration" in lines[2]["problem"]


def test_all_expectations_are_tried_by_one_command() -> None:
    told = run.invoke(app, ["policy", "test"])
    assert told.exit_code == 0, told.output
    assert "expectations hold" in told.stdout


def test_a_decision_is_explained_by_policy_file_and_line() -> None:
    told = run.invoke(
        app,
        ["policy", "explain", "--as", "carl-caseworker", "--action", "get_case", "--resource", "Case:x,department=county",
         "--json"],
    )  # fmt: skip
    explained = json.loads(told.stdout)
    assert (explained["allowed"], explained["shows"]) == (False, [])
    ((because),) = explained["because"]
    assert because["policy"] == "cases.wall-cases-stay-in-their-department"
    lines = (CONTRACTS.parent.parent / because["file"]).read_text().splitlines()
    assert lines[because["line"] - 1] == '@id("cases.wall-cases-stay-in-their-department")'


def test_without_an_actor_every_role_is_told() -> None:
    told = run.invoke(app, ["policy", "explain", "--action", "find_entries", "--purpose", "oversight", "--json"])
    may = {line["actor"] for line in map(json.loads, told.stdout.splitlines()) if line["allowed"]}
    assert may == {"auditor", "privacy_officer", "security_officer"}


@pytest.mark.parametrize(
    "typed",
    [
        ["--action", "fly"],
        ["--action", "get_case", "--actor", "emperor"],
        ["--action", "get_case", "--as", "nobody-at-all"],
        ["--action", "get_case", "--resource", "Boat:x"],
        ["--action", "get_case", "--resource", "Case:x,colour=red"],
    ],
)
def test_what_does_not_exist_is_a_usage_error_that_names_what_does(typed: list[str]) -> None:
    told = run.invoke(app, ["policy", "explain", *typed])
    assert told.exit_code == 2
    assert (
        "There are" in told.stderr or "They know" in told.stderr or "It has" in told.stderr or "Nobody" in told.stderr
    )


@pytest.mark.parametrize("service", services())
def test_every_policy_says_where_it_stands(service: str) -> None:
    policies_of(service)
    for name, place in places_of(service).items():
        lines = (sources.CONTRACTS.parent.parent / place.file).read_text().splitlines()
        assert lines[place.line - 1] == f'@id("{name}")'
