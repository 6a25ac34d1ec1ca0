"""A citizen's token says which contact they are, once somebody has said so; nobody else's token does."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt

from deploy.local.demo import citizens, voices
from deploy.local.demo.telling import Teller
from deploy.local.demo.voices import Company, StoryBroken
from deploy.local.identity.contacts import Contacts, write_contacts
from deploy.local.identity.settings import Settings
from tests.support.identity import Visitor

ID = "0199d3a5-6c1f-7c3e-8a52-0f1c2d3e4f50"


def company_that_knows(emails: dict[str, str]) -> Company:
    """The agent's voice alone, at a gateway that knows these people."""

    def answer(request: httpx.Request) -> httpx.Response:
        email = json.loads(request.content)["email"]
        items = [{"id": emails[email]}] if email in emails else []
        return httpx.Response(200, json={"items": items, "next": None})

    http = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://gateway")
    return Company(http, lambda _: None)


def claims(visitor: Visitor, person: str) -> dict[str, Any]:
    token = visitor.tokens(person)["access_token"]
    return dict(jwt.decode(token, visitor.provider.keys.verifying_keys(), algorithms=["ES256"]).claims)


def test_without_the_map_nobody_is_a_contact(visitor: Visitor) -> None:
    assert "contact_id" not in claims(visitor, "cleo-citizen")


def test_the_next_sign_in_after_an_import_knows_the_contact(visitor: Visitor) -> None:
    claims(visitor, "cleo-citizen")
    write_contacts(visitor.provider.settings.contacts, {"cleo-citizen": ID, "carl-caseworker": ID})
    assert claims(visitor, "cleo-citizen")["contact_id"] == ID
    assert "contact_id" not in claims(visitor, "cyril-citizen")
    assert "contact_id" not in claims(visitor, "carl-caseworker"), "staff are no contacts"


@pytest.mark.parametrize("text", ["", "[]", "7", '{"cleo-citizen": 7}', '{"cleo-citizen": "x"}', "\x00", '{"cleo'])
def test_a_map_that_cannot_be_read_is_no_reason_to_turn_anyone_away(tmp_path: Path, text: str) -> None:
    path = tmp_path / "contacts.json"
    path.write_text(text)
    assert Contacts(path).of("cleo-citizen") is None
    path.write_text(json.dumps({"cleo-citizen": ID.upper()}))
    assert Contacts(path).of("cleo-citizen") == ID


def test_the_demonstration_tells_who_is_which_contact(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"cleo.hartwell@example.org": ID, "cyril.penrose@example.org": ID[:-1] + "1"}
    monkeypatch.setenv("TELLUS_RUN_DIR", str(settings.keys_dir.parent))
    monkeypatch.setattr(voices, "token_for", lambda *_, **__: "a token")
    citizens.introduce(company_that_knows(known), Teller())
    found = Contacts(settings.contacts)
    assert (found.of("cleo-citizen"), found.of("cyril-citizen")) == (ID, ID[:-1] + "1")

    with pytest.raises(StoryBroken, match="not found"):
        citizens.introduce(company_that_knows({}), Teller())


def test_the_citizens_are_people_of_the_sample_data(visitor: Visitor) -> None:
    samples = (Path(__file__).parents[3] / "deploy/local/samples/contacts.csv").read_text(encoding="utf-8")
    citizens = [one for one in visitor.provider.directory.people.values() if "citizen" in one.roles]
    assert len(citizens) == 2
    assert all(one.email and f",{one.email}," in samples for one in citizens)
