"""What a person told us is where it belongs, and nowhere else: in no log file, no event, no entry of the record."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from tests.support.whole_suite import STORES, WholeSuite, eventually, logs_of


@dataclass
class Canaries:
    """Words that nobody else would say."""

    words: dict[str, str]
    case_id: str


@pytest.fixture(scope="module")
def canaries(suite: WholeSuite) -> Canaries:
    """They went all the way: registered, searched for, called, applied, assessed, decided, written to."""
    rare = uuid4().hex
    digits = str(int(rare[:12], 16))[-6:].zfill(6)
    words = {
        "name": f"Xanthippe {rare[:8]}",
        "second name": f"Quetzal {rare[8:16]}",
        "email": f"zq{rare[16:24]}@canary.example",
        "phone": f"+441632{digits}",
        "comment": f"comment {rare[:6]}z",
        "assessment": f"assessment {rare[6:12]}z",
        "subject": f"subject {rare[12:18]}z",
        "body": f"body {rare[18:24]}z",
        "street": f"street {rare[24:30]}z",
    }
    contact = suite.contact(name=words["name"], email=words["email"], phone=words["phone"])
    one = f"/v1/contacts/{contact['id']}"
    for terms in ({"name": words["name"]}, {"email": words["email"]}, {"phone": words["phone"]}):
        assert suite.done("ada-agent", "POST", "/v1/contacts/search", terms)["items"]
    suite.done("ada-agent", "PATCH", one, {"name": words["second name"]}, version=1)
    touch = {"channel": "phone", "subject": words["subject"], "body": words["body"]}
    suite.done("ada-agent", "POST", f"{one}/interactions", touch)
    data = {"purpose": "skip", "street": words["street"], "first_day": "2027-02-01", "last_day": "2027-02-02"}
    case = suite.case(contact["id"], data=data)
    case = suite.step("carl-caseworker", case, "check_completeness", data={"complete": True}, comment=words["comment"])
    case = suite.step("carl-caseworker", case, "assess", data={"assessment": words["assessment"], "advice": "grant"})
    case = suite.step("dana-decision-maker", case, "grant")
    refused = suite.ask(
        "ada-agent", "POST", "/v1/contacts", {"name": words["name"], "email": words["email"], words["comment"]: 1}
    )
    assert refused.status_code == 422
    eventually(lambda: len(suite.letters(words["email"])) == 2 or None, "two letters")

    def sealed() -> bool | None:
        kinds = [entry["type"] for entry in suite.entries(subject=case["id"])]
        return kinds.count("tellus.message.sent.v1") == 2 or None

    eventually(sealed, "the letters in the log")
    return Canaries(words, case["id"])


def test_what_was_told_is_where_it_belongs(suite: WholeSuite, canaries: Canaries) -> None:
    kept = suite.sql("contacts", f"SELECT contact::text FROM contact WHERE email = '{canaries.words['email']}'")

    assert canaries.words["second name"] in kept[0][0]
    answers = suite.sql("cases", f"SELECT data::text FROM case_record WHERE id = '{canaries.case_id}'")
    assert canaries.words["street"] in answers[0][0]


def test_no_log_file_of_any_process_holds_it(suite: WholeSuite, canaries: Canaries) -> None:
    files = logs_of(suite)
    assert {"gateway.log", "contacts-rpc.log", "notifications-sender.log", "postgres.log"} <= {f.name for f in files}

    found = [
        (file.name, what)
        for file in files
        for content in [file.read_text(errors="replace").lower()]
        for what, word in canaries.words.items()
        if any(spelling.lower() in content for spelling in spellings(word))
    ]

    assert found == []


def test_no_entry_of_the_record_holds_it(suite: WholeSuite, canaries: Canaries) -> None:
    leaves = [bytes(row[0]).decode().lower() for row in suite.sql("audit", "SELECT leaf FROM entry")]

    assert any(canaries.case_id in leaf for leaf in leaves)
    assert [
        what
        for what, word in canaries.words.items()
        if any(s.lower() in leaf for leaf in leaves for s in spellings(word))
    ] == []


def test_no_outbox_and_no_kept_command_but_its_own_holds_it(suite: WholeSuite, canaries: Canaries) -> None:
    for service in (*STORES, "audit", "gateway"):
        events = [row[0].lower() for row in suite.sql(service, "SELECT body FROM outbox")]
        assert [w for w, word in canaries.words.items() if any(word.lower() in body for body in events)] == [], service


def spellings(word: str) -> list[str]:
    """As it is, as a part of an address or number may be shown, and as it stands in a URL."""
    return [word, word.replace("@", "%40"), word.replace(" ", "+"), word.replace(" ", "%20"), word.removeprefix("+44")]
