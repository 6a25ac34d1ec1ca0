"""One trace from the request to the letter: gateway, service, event, handler."""

import secrets

from tests.support.whole_suite import WholeSuite, eventually


def test_a_trace_is_followed_from_the_request_to_the_handler(suite: WholeSuite) -> None:
    contact = suite.contact(email=f"trace-{secrets.token_hex(6)}@example.org")
    trace = secrets.token_hex(16)
    data = {"purpose": "skip", "street": "Row", "first_day": "2027-01-01", "last_day": "2027-01-02"}
    body = {"case_type": "street-permit", "contact_id": contact["id"], "data": data}

    answer = suite.ask(
        "ada-agent", "POST", "/v1/cases", body, headers={"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
    )

    assert answer.status_code == 201
    assert answer.headers["tellus-trace"] == trace
    # lines go out a few together, within a moment of what they tell
    asked = eventually(lambda: suite.logged("gateway", trace) or None, "the gateway's line")
    assert [line["operation"] for line in asked] == ["open_case"]
    eventually(lambda: suite.logged("cases-rpc", trace) or None, "the line of cases")
    eventually(lambda: suite.logged("contacts-rpc", trace) or None, "the line of contacts, who filled the form")
    handled = eventually(lambda: suite.logged("notifications-events", trace) or None, "the handler's line")
    assert [line["heard"] for line in handled] == ["case.opened.v1"]

    def events() -> set[str] | None:
        found = {
            entry["type"]
            for entry in suite.entries(subject=answer.json()["id"])
            if entry["event"]["traceparent"].split("-")[1] == trace
        }
        return found if {"tellus.case.opened.v1", "tellus.message.sent.v1"} <= found else None

    assert "tellus.contact_data.read.v1" in eventually(events, "the events of this trace in the log")
    eventually(lambda: suite.logged("notifications-sender", trace) or None, "the sender's line")


def test_a_trace_that_cannot_be_read_is_replaced(suite: WholeSuite) -> None:
    answer = suite.ask("ada-agent", "GET", "/v1/me", headers={"traceparent": "00-nonsense-01"})

    assert answer.is_success
    assert len(answer.headers["tellus-trace"]) == 32
