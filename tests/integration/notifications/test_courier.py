"""The courier against a real SMTP server: one kept connection, encryption as asked, and never a guess."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.adapters.courier import Courier, Server
from services.notifications.adapters.letters import Mail
from services.notifications.domain.outcome import Accepted, Deferred, Rejected, Unknown
from tests.integration.notifications.conftest import MailServer
from tests.support.processes import free_port

CONTENT = b"Subject: x\r\n\r\n.leading dot\r\n..two\r\nend\r\n"


def courier(port: int, **more: Any) -> Courier:
    told: dict[str, Any] = {
        "tls": "never",
        "user": None,
        "password": None,
        "domain": "x.example",
        "timeout_seconds": 2.0,
    }
    return Courier(Server(host="localhost", port=port, **(told | more)))


def mail(to: str = "ann@example.org") -> Mail:
    return Mail("permits@city.example", to, CONTENT)


def test_a_mail_arrives_as_it_was_written(mail_server: MailServer) -> None:
    sends = courier(mail_server.port)
    assert isinstance(sends.send(mail()), Accepted)
    assert mail_server.kept[0].get_payload() == ".leading dot\r\n..two\r\nend\r\n"
    sends.close()


def test_the_codes_of_an_answer_are_kept_and_its_words_are_not(mail_server: MailServer) -> None:
    mail_server.will("data", "554 5.7.1 ann@example.org sends spam")
    assert courier(mail_server.port).send(mail()) == Rejected("554 5.7.1")


@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "530 5.7.0 sign in first", "451 later"])
def test_an_answer_about_us_is_no_verdict_on_the_mail(mail_server: MailServer, answer: str) -> None:
    sends = courier(mail_server.port)
    mail_server.will("mail", answer, times=1)
    assert isinstance(sends.send(mail()), Deferred)
    assert isinstance(sends.send(mail()), Accepted)
    assert len(mail_server.kept) == 1


def test_an_answer_that_means_nothing_is_unknown(mail_server: MailServer) -> None:
    mail_server.will("kept", "399 perhaps")
    assert isinstance(courier(mail_server.port).send(mail()), Unknown)


def test_a_refusal_of_one_mail_leaves_the_connection_to_the_next(mail_server: MailServer) -> None:
    sends = courier(mail_server.port)
    mail_server.will("rcpt", "550 5.1.1 unknown", times=1)
    assert isinstance(sends.send(mail()), Rejected)
    kept = sends._smtp
    assert isinstance(sends.send(mail()), Accepted)
    assert sends._smtp is kept is not None


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_again(mail_server: MailServer) -> None:
    sends = courier(mail_server.port)
    assert isinstance(sends.send(mail()), Accepted)
    mail_server.stop()
    mail_server.start()
    assert isinstance(sends.send(mail()), Accepted)
    mail_server.stop()
    assert sends.send(mail()) == Deferred("unreachable")
    assert not sends.open()


def test_breaking_off_ends_the_wait_and_the_outcome_is_unknown(mail_server: MailServer) -> None:
    sends = courier(mail_server.port, timeout_seconds=60.0)
    mail_server.will("kept", "hold")
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(sends.send(mail())))
    thread.start()
    assert mail_server.reached.wait(10)
    sends.abort()
    thread.join(5)
    assert found == [Unknown("answer_lost")]


def test_an_international_address_goes_only_to_a_server_that_takes_one(mail_server: MailServer) -> None:
    assert isinstance(courier(mail_server.port).send(mail("dÿll@example.org")), Accepted)
    port = free_port()
    plain = Controller(mail_server, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    plain.start()
    try:
        assert courier(port).send(mail("dÿll@example.org")) == Rejected("553 5.6.7")
    finally:
        plain.stop()


def test_encryption_that_is_required_and_not_offered_sends_nothing(mail_server: MailServer) -> None:
    sends = courier(mail_server.port, tls="starttls")
    assert not sends.open()
    assert sends.send(mail()) == Deferred("unreachable")
    assert mail_server.kept == []


def test_mail_is_encrypted_to_a_server_whose_certificate_is_trusted_and_to_no_other(
    mail_server: MailServer, certificate: tuple[Path, Path]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    port = free_port()
    server = Controller(mail_server, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True)
    server.start()
    try:
        trusting = courier(port, tls="starttls", ca_file=str(certificate[0]))
        assert isinstance(trusting.send(mail()), Accepted)
        trusting.close()
        assert not courier(port, tls="starttls").open()
    finally:
        server.stop()
    assert message_from_bytes(CONTENT)["Subject"] == mail_server.kept[0]["Subject"]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - dt.timedelta(days=1))
        .not_valid_after(at + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
