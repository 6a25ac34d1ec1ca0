"""A mail is read as far as it can be, and none is so strange that it is lost."""

import pytest

from deploy.local.sink.message import UNREADABLE, content_of, read_mail


def read(raw: bytes) -> tuple[str, str]:
    message = read_mail(raw, sender="a@example.org", recipients=("b@example.org",), received_at="now")
    assert message.body == raw
    return message.subject, message.identity


def test_the_headers_that_people_know_a_mail_by_are_read() -> None:
    assert read(b"Subject: Your permit\r\nMessage-ID: <1@x>\r\n\r\nText") == ("Your permit", "<1@x>")


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n", "Grüße"),
        ("Subject: Grüße\r\n\r\n".encode(), "Grüße"),
        ("Subject: شكرا\r\n\r\n".encode(), "شكرا"),
        (b"Subject: one\r\n two\r\n\r\n", "one two"),
        (b"subject: lower\r\n\r\n", "lower"),
        (b"Subject: \xff\xfe\r\n\r\n", "\N{REPLACEMENT CHARACTER}" * 2),
        (b"Subject: =?no-such-charset?q?x?=\r\n\r\n", "=?no-such-charset?q?x?="),
        (b"Subject: =?utf-8?b?A?=\r\n\r\n", "=?utf-8?b?A?="),
        (b"", ""),
        (b"\0\0\0", ""),
        (b"no header at all", ""),
    ],
)
def test_a_subject_is_shown_as_its_writer_meant_it(raw: bytes, subject: str) -> None:
    assert read(raw)[0] == subject


def test_text_html_and_attachments_are_told_apart() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n"
        b"Gr\xfc\xdfe\r\n--B\r\nContent-Type: text/html\r\n\r\n<b>hi</b>\r\n--B\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename=permit.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--B--\r\n"
    )
    content = content_of(raw)
    assert content.text == "Grüße"
    assert content.html == "<b>hi</b>"
    assert content.attachments == [{"filename": "permit.pdf", "content_type": "application/pdf", "size": 3}]


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff",
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\nnever closed",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: ;;;\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!not base64",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\n",
        b"",
        b"\r\n\r\n",
        bytes(range(256)),
    ],
)
def test_a_malformed_mail_is_shown_as_far_as_it_can_be(raw: bytes) -> None:
    content = content_of(raw)
    assert isinstance(content.text, str)


def test_a_mail_nested_without_end_is_kept_and_does_no_harm() -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n" % (depth, depth) for depth in range(5000)
    )
    assert read(raw) == ("", "")
    assert content_of(raw).text in {UNREADABLE, ""}
