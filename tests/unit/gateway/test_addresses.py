"""An address is found by its shape, as surely as by trying every route."""

import asyncio
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway import app
from services.gateway.addresses import Addresses

ID = "019C1F0E-6b1a-7c3e-9a54-2f6d1b7e8a01"
assert app.CONVERTORS, "importing the application makes its convertors known"


def answering(name: str) -> ASGIApp:
    async def answer(scope: Scope, _: Receive, __: Send) -> None:
        scope["served"] = (name, scope.get("path_params"))

    return answer


ADDRESSES = Addresses(
    answering("nobody"),
    known={
        path: answering(path)
        for path in (
            "/v1/contacts",
            "/v1/contacts/search",
            "/v1/contacts/{contact_id:id}",
            "/v1/contacts/{contact_id:id}/changes",
            "/v1/cases/{case_id:id}",
            "/v1/case-types/{code:code}/versions/{version:number}",
        )
    },
)


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/v1/contacts", ("/v1/contacts", {})),
        ("/v1/contacts/search", ("/v1/contacts/search", {})),
        (f"/v1/contacts/{ID}", ("/v1/contacts/{contact_id:id}", {"contact_id": ID.lower()})),
        (f"/v1/contacts/{ID}/changes", ("/v1/contacts/{contact_id:id}/changes", {"contact_id": ID.lower()})),
        (f"/v1/cases/{ID}", ("/v1/cases/{case_id:id}", {"case_id": ID.lower()})),
        (
            "/v1/case-types/permit/versions/12",
            ("/v1/case-types/{code:code}/versions/{version:number}", {"code": "permit", "version": 12}),
        ),
    ],
)
def test_an_address_is_served_with_its_parameters(path: str, served: tuple[str, dict[str, Any]]) -> None:
    assert ask(path) == served


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "v1", "/v1", "/v1/", "/v1/contacts/", "//v1/contacts", "/v1//contacts", "/V1/contacts",
        "/v1/contacts/nobody", f"/v1/contacts/{ID}/", f"/v1/contacts/{ID}x", f"/v1/contacts/{ID}/changes/",
        f"/v1/contacts/{ID}\n", f"/v1/persons/{ID}", "/v1/case-types/permit/versions/0", "/v1/contacts/{contact_id:id}",
    ],
)  # fmt: skip
def test_what_is_nobodys_address_is_left_to_the_next(path: str) -> None:
    assert ask(path) == ("nobody", None)


def test_an_address_without_one_shape_is_refused() -> None:
    for path in ("/files/all/{rest:path}", "/v1/{anything}"):
        with pytest.raises(AssertionError):
            Addresses(answering("nobody"), known={path: answering(path)})


def ask(path: str) -> Any:
    """Who served it, and with which parameters."""
    scope: dict[str, Any] = {"type": "http", "path": path}
    nothing: Any = None
    asyncio.run(ADDRESSES(scope, nothing, nothing))
    return scope["served"]
