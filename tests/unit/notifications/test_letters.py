"""Mail as bytes: the headers we mean, and none that somebody else does."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.adapters.letters import AddressUnusable, Stationery, address
from services.notifications.application.begin_attempt import Letter
from services.notifications.domain.message import About, Message, Written
from services.notifications.domain.template import Text
from shared.clock import now
from shared.ids import new_id

STATIONERY = Stationery("permits@city.example", "City permits", "mail.city.example")


def letter(to: str = "ann@example.org", subject: str = "Subject", body: str = "Body\n") -> Letter:
    message = Message(
        id=new_id(), contact_id=new_id(), case_id=None, department="city", template="t", cause=new_id(),
        about=About("C", "x"), traceparent="", created_at=now(), written=Written("cy", 1, b"", ""),
    )  # fmt: skip
    return Letter(message, to, Text(subject, body))


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=300), st.text(max_size=300)
)
def test_whatever_is_said_the_headers_are_ours(subject: str, body: str) -> None:
    written = letter(subject=subject, body="".join(c for c in body if not "\ud800" <= c <= "\udfff"))
    content = STATIONERY.mail(written).content
    mail = message_from_bytes(content, policy=policy.default)
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        "Content-Language", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert len(mail.keys()) == 10
    assert mail["To"] == "ann@example.org"
    assert mail["Message-ID"] == f"<{written.message.id}@mail.city.example>"
    assert mail.get_content_type() == "text/plain"
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_subject_and_body_in_any_script_come_through() -> None:
    written = letter(subject="قضيتك Ŵyn 🏛", body=".leading dot\nŵ\n" + "x" * 3000)
    mail = message_from_bytes(STATIONERY.mail(written).content, policy=policy.default)
    assert mail["Subject"] == "قضيتك Ŵyn 🏛"
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == written.text.body
    assert mail["Content-Language"] == "cy"


@pytest.mark.parametrize(
    ("text", "travels"),
    [
        ("ann@example.org", "ann@example.org"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("dÿll@example.org", "dÿll@example.org"),
    ],
)
def test_a_domain_travels_in_ascii(text: str, travels: str) -> None:
    assert address(text) == travels


@pytest.mark.parametrize(
    "text",
    ["", "ann", "@x.example", "a@b,c@d.example", "a b@x.example", "a@x.example\r\nBcc: v@x", "<a@x.example>", "a@"],
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(AddressUnusable):
        address(text)
