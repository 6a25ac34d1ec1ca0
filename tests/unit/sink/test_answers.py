"""What the sink answers to programs and people, and to those who wish it ill."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.environment import SettingUnusable
from deploy.local.sink.answers import Answers
from deploy.local.sink.exchange import Answer
from deploy.local.sink.faults import Faults
from deploy.local.sink.mailbox import Mailbox
from deploy.local.sink.message import read_mail
from deploy.local.sink.settings import Settings

NASTY = '"><script>alert(1)</script>'


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    opened = Mailbox(tmp_path, keep_messages=1000, keep_bytes=1_000_000)
    yield opened
    opened.close()


@pytest.fixture
def answers(mailbox: Mailbox) -> Answers:
    return Answers(mailbox, Faults())


def get(answers: Answers, target: str) -> tuple[int, Any]:
    answer = answers.to("GET", target, "", b"")
    return answer.status, json.loads(answer.body) if answer.content_type == "application/json" else answer.body.decode()


def post(answers: Answers, target: str, content: object, kind: str = "application/json") -> Answer:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return answers.to("POST", target, kind, body)


def sms(**changes: object) -> dict[str, object]:
    return {"to": "+31612345678", "text": "Your permit is ready", "reference": "r1", **changes}


def keep_mail(mailbox: Mailbox, raw: bytes, to: str = "ann@example.org") -> int:
    return mailbox.keep(read_mail(raw, sender="a@b", recipients=(to,), received_at="2026-01-02T03:04:05.000000Z"))


def test_an_sms_is_kept_and_found_again(answers: Answers) -> None:
    accepted = post(answers, "/sms", sms())
    number = json.loads(accepted.body)["id"]
    assert accepted.status == 202
    status, found = get(answers, f"/messages/{number}")
    assert status == 200
    assert (found["kind"], found["to"], found["text"]) == ("sms", ["+31612345678"], "Your permit is ready")


def test_an_sms_sent_twice_counts_as_a_duplicate(answers: Answers) -> None:
    post(answers, "/sms", sms())
    post(answers, "/sms", sms())
    assert get(answers, "/counts")[1] == {"emails": 0, "sms": 2, "duplicates": 1, "bytes": 40}


@pytest.mark.parametrize(
    "content",
    [
        sms(to=""),
        sms(to=None),
        sms(to=7),
        sms(text="x" * 2001),
        sms(text="a\0b"),
        sms(text="\ud800"),
        sms(extra="x"),
        {"to": "1"},
        [],
        "text",
        None,
    ],
)
def test_an_sms_that_is_none_is_refused_and_not_kept(answers: Answers, content: object) -> None:
    assert post(answers, "/sms", content).status == 422
    assert get(answers, "/counts")[1]["sms"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 60_000, b'{"to": }', "{}".encode("utf-16")])
def test_what_is_no_json_is_refused(answers: Answers, body: bytes) -> None:
    assert post(answers, "/sms", body).status in {400, 422}


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_another_sites_form_could_send_is_refused(answers: Answers, kind: str) -> None:
    for path in ("/sms", "/faults"):
        assert post(answers, path, sms(), kind).status == 415


@pytest.mark.parametrize(("mode", "status", "kept"), [("reject", 422, 0), ("tempfail", 503, 0), ("slow", 202, 1)])
def test_faults_meet_sms_too(answers: Answers, mode: str, status: int, kept: int) -> None:
    assert post(answers, "/faults", {"mode": mode, "for": 1, "seconds": 0}).status == 200
    assert post(answers, "/sms", sms()).status == status
    assert get(answers, "/counts")[1]["sms"] == kept
    assert get(answers, "/faults")[1]["mode"] == "none"


def test_a_dropped_answer_leaves_the_sms_kept(answers: Answers) -> None:
    post(answers, "/faults", {"mode": "drop_after_data", "for": 1})
    assert post(answers, "/sms", sms()).fault.mode == "drop_after_data"
    assert get(answers, "/counts")[1]["sms"] == 1


def test_a_wish_for_a_fault_that_does_not_exist_names_those_that_do(answers: Answers) -> None:
    answer = post(answers, "/faults", {"mode": "explode"})
    assert answer.status == 422
    assert "none, reject, tempfail, drop_after_data, slow" in json.loads(answer.body)["error"]


def test_lists_go_on_where_they_stopped(answers: Answers, mailbox: Mailbox) -> None:
    for number in range(3):
        keep_mail(mailbox, b"Subject: %d\r\n\r\n" % number)
    first = get(answers, "/messages?limit=2")[1]
    rest = get(answers, f"/messages?limit=2&before={first['next']}")[1]
    assert [item["subject"] for item in first["items"] + rest["items"]] == ["2", "1", "0"]
    assert rest["next"] is None


def test_a_list_can_be_of_one_recipient(answers: Answers, mailbox: Mailbox) -> None:
    keep_mail(mailbox, b"Subject: hers\r\n\r\n", "ann+tag@example.org")
    keep_mail(mailbox, b"Subject: his\r\n\r\n", "bob@example.org")
    found = get(answers, "/messages?to=ann%2Btag%40example.org")[1]["items"]
    assert [item["subject"] for item in found] == ["hers"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1_0", "before=x", "limit=٣"])
def test_a_list_that_cannot_be_given_is_refused(answers: Answers, query: str) -> None:
    assert get(answers, f"/messages?{query}")[0] == 422


@pytest.mark.parametrize("path", ["/messages/0", "/messages/99", "/messages/x", "/messages/1/2", "/view/" + "9" * 30])
def test_a_message_that_is_not_there_is_not_found(answers: Answers, path: str) -> None:
    assert get(answers, path)[0] == 404


@pytest.mark.parametrize(
    "target", ["/nowhere", "/../etc/passwd", "/messages?" + "a=1&" * 100, "http://[", "//x", "*", ""]
)
def test_an_address_that_leads_nowhere_is_answered_plainly(answers: Answers, target: str) -> None:
    assert get(answers, target)[0] in {400, 404}


def test_everything_can_be_forgotten(answers: Answers, mailbox: Mailbox) -> None:
    keep_mail(mailbox, b"Subject: x\r\n\r\n")
    assert json.loads(answers.to("DELETE", "/messages", "", b"").body) == {"removed": 1}
    assert get(answers, "/messages")[1] == {"items": [], "next": None}


def test_nothing_in_a_message_becomes_markup(answers: Answers, mailbox: Mailbox) -> None:
    nasty = NASTY.encode()
    number = keep_mail(
        mailbox,
        b"Subject: %s\r\nMessage-ID: %s\r\nX-%s: %s\r\nContent-Type: text/html\r\n\r\n%s" % (nasty, *([nasty] * 4)),
        NASTY,
    )
    attached = b'Content-Type: a/b\r\nContent-Disposition: attachment; filename="%s"\r\n\r\n' % b"<script>"
    other = keep_mail(mailbox, attached)
    texted = json.loads(post(answers, "/sms", sms(to=NASTY, text=NASTY, reference=NASTY)).body)["id"]
    for target in ("/", f"/?to={NASTY}", f"/view/{number}", f"/view/{other}", f"/view/{texted}"):
        status, page = get(answers, target)
        assert status == 200
        assert "<script" not in page, target
        assert f'value="{NASTY}' not in page, target


def test_pages_show_who_got_what_and_when(answers: Answers, mailbox: Mailbox) -> None:
    number = keep_mail(mailbox, b"Subject: Your permit\r\n\r\nDear Ann")
    page = get(answers, "/")[1]
    assert "ann@example.org" in page
    assert "Your permit" in page
    assert "2026-01-02T03:04:05" in page
    assert "Dear Ann" in get(answers, f"/view/{number}")[1]


def test_older_messages_are_one_link_away(answers: Answers, mailbox: Mailbox) -> None:
    for number in range(101):
        keep_mail(mailbox, b"Subject: number %d.\r\n\r\n" % number)
    page = get(answers, "/")[1]
    assert "number 0." not in page
    assert "Older messages" in page
    assert "number 0." in get(answers, "/?before=2")[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "mail.example.org"])
def test_off_loopback_it_refuses_and_says_why(host: str) -> None:
    with pytest.raises(SettingUnusable, match="listens only on loopback"):
        Settings.from_environment({"SINK_HOST": host})


def test_ports_and_folder_follow_the_instance() -> None:
    settings = Settings.from_environment({"TELLUS_BASE_PORT": "28000", "TELLUS_RUN_DIR": "/srv/x"})
    assert (settings.smtp_port, settings.page_port, str(settings.spool_dir)) == (28025, 28026, "/srv/x/sink")


def test_in_a_container_it_may_listen_for_its_published_ports() -> None:
    settings = Settings.from_environment({"SINK_HOST": "0.0.0.0", "SINK_CONTAINED": "yes"})
    assert settings.host == "0.0.0.0"
