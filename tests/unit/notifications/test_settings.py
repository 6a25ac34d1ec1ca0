"""What the sender refuses to start with, and what it takes for granted."""

import pytest
from pydantic import ValidationError

from services.notifications.settings import SenderSettings

NEEDED = {
    "database_url": "postgresql://x/y", "amqp_url": "amqp://x", "transaction_keys": "keys.json", "signing_key": "{}",
    "smtp_host": "smtp.city.example", "from_address": "permits@city.example",
}  # fmt: skip


def settings(**more: object) -> SenderSettings:
    return SenderSettings(**(NEEDED | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "tls"),
    [
        ({}, "starttls"),
        ({"smtp_host": "127.0.0.1"}, "never"),
        ({"smtp_host": "localhost", "smtp_starttls": "required"}, "starttls"),
        ({"smtp_starttls": "never"}, "never"),
        ({"smtp_implicit_tls": True}, "implicit"),
    ],
)
def test_mail_is_encrypted_unless_it_stays_here_or_somebody_says_so(more: dict[str, object], tls: str) -> None:
    assert settings(**more).smtp_tls == tls


def test_the_domain_of_message_ids_is_that_of_the_sender_unless_named() -> None:
    assert settings().message_domain == "city.example"
    assert settings(domain="mail.city.example").message_domain == "mail.city.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"lease_seconds": 10, "conversation_seconds": 10},
        {"smtp_user": "me"},
        {"from_address": "permits@city.example\r\nBcc: x@y"},
        {"from_name": "City\r\nBcc: x@y"},
        {"domain": "city>example"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)
