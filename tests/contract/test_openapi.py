"""The committed document is the one that the gateway serves, and it tells the truth about every route."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from services.gateway.openapi import document
from services.gateway.route import Route
from services.gateway.routes import ROUTES

COMMITTED = Path("docs/openapi.json")
DOCUMENT = document()


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(item) for item in node)) if isinstance(node, list) else set()


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def operation(route: Route) -> Any:
    return next(
        found
        for methods in DOCUMENT["paths"].values()
        for found in methods.values()
        if found["operationId"] == route.operation
    )


def test_the_committed_document_is_current() -> None:
    assert orjson.loads(COMMITTED.read_bytes()) == orjson.loads(orjson.dumps(DOCUMENT)), (
        "run: python -m services.gateway.openapi > docs/openapi.json"
    )


def test_every_reference_leads_somewhere() -> None:
    assert all(resolved(reference) for reference in references(DOCUMENT))


def test_nothing_is_described_that_nobody_refers_to() -> None:
    used = {reference.rpartition("/")[2] for reference in references(DOCUMENT)}

    assert set(DOCUMENT["components"]["schemas"]) <= used


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_example_fits_its_schema(route: Route) -> None:
    described = operation(route)
    answer = described["responses"][str(route.status)]["content"]["application/json"]
    validator(answer["schema"]).validate(answer["example"])
    if route.example:
        body = described["requestBody"]["content"]["application/json"]
        validator(body["schema"]).validate(body["example"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_operation_says_what_a_person_needs(route: Route) -> None:
    described = operation(route)

    assert described["summary"]
    assert described["description"]
    assert {"400", "401", "403", "422", "429", "503"} <= set(described["responses"])
    names = {parameter["name"] for parameter in described["parameters"]}
    assert ("Idempotency-Key" in names) == route.takes_key
    assert ("If-Match" in names) == route.if_match


def test_a_request_forbids_what_it_does_not_know() -> None:
    for route in ROUTES:
        if "requestBody" in operation(route):
            assert resolved(f"#/components/schemas/{route.request.__name__}")["additionalProperties"] is False
