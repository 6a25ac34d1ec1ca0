"""The committed document is the one that the gateway serves, and it tells the truth about every route."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from services.gateway.describing.document import document_of
from services.gateway.edge.problem import TYPES
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
    answer = described["responses"][str(route.status)].get("content", {}).get("application/json")
    assert (answer is None) == (route.status == 204 or route.answer_type is not None)
    if answer is not None:
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


@pytest.mark.parametrize("route", [route for route in ROUTES if route.sparse], ids=lambda route: route.operation)
def test_some_fields_of_an_example_fit_what_is_said_of_them(route: Route) -> None:
    content = operation(route)["responses"][str(route.status)]["content"]
    sparse = content["application/vnd.tellus.sparse+json"]
    whole = content["application/json"]["example"]
    one = next(iter(route.item.model_fields))
    shown = {"items": [{one: whole["items"][0][one]}], "next": None} if route.is_page else {one: whole[one]}

    validator(sparse["schema"]).validate(shown)
    assert not validator(sparse["schema"]).is_valid({"items": [{"x": 1}], "next": None} if route.is_page else {"x": 1})
    (parameter,) = (found for found in operation(route)["parameters"] if found["name"] == "fields")
    validator(parameter["schema"]).validate([*route.item.model_fields])
    assert (parameter["style"], parameter["explode"]) == ("form", False)
    assert not validator(parameter["schema"]).is_valid(["x"])


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_every_problem_has_an_example_that_fits(kind: str) -> None:
    response = DOCUMENT["components"]["responses"][kind]["content"]["application/problem+json"]

    validator(response["schema"]).validate(response["example"])
    assert response["example"]["type"] == f"/problems/{kind}"
    assert response["example"]["status"] == TYPES[kind].status


def test_a_caller_may_come_with_a_token_or_with_a_session() -> None:
    assert DOCUMENT["security"] == [{"bearer": []}, {"session": []}]
    assert DOCUMENT["components"]["securitySchemes"]["session"]["name"].startswith("__Host-")


def test_a_part_of_the_api_is_a_document_in_itself() -> None:
    some = document_of([route for route in ROUTES if route.operation in {"get_contact", "list_cases"}])

    assert set(some["paths"]) == {"/v1/contacts/{contact_id}", "/v1/cases"}
    assert [tag["name"] for tag in some["tags"]] == ["contacts", "cases"]
    assert {"ContactView", "PageOfCaseSummary", "CaseSummary", "Problem"} <= set(some["components"]["schemas"])
    assert "OpenCase" not in some["components"]["schemas"]
    assert all(
        name.rpartition("/")[2] in some["components"]["schemas"] for name in references(some) if "/schemas/" in name
    )


def test_a_request_forbids_what_it_does_not_know() -> None:
    for route in ROUTES:
        if "requestBody" in operation(route) and not route.raw_body:
            assert resolved(f"#/components/schemas/{route.request.__name__}")["additionalProperties"] is False
