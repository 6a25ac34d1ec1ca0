"""Hands mail to an SMTP server over one kept connection, and says what came of it without ever guessing.

before the text is handed over    a no is a no, anything broken is Deferred: the server has nothing
while it is handed over           a clear answer counts; a lost one is Unknown: the server may have it
"""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Literal

import structlog

from services.notifications.adapters.letters import Mail
from services.notifications.domain.outcome import Accepted, Deferred, Outcome, Rejected, Unknown

Answer = tuple[int, bytes]
START_INPUT = 354
DONE, LATER, NEVER = 2, 4, 5
"""The first digit of an answer: it is done, not now, not ever."""
OURS = {421, 530, 534, 535, 538}
"""Answers about us (closing, sign in first, encrypt first), never about one message: a reason to wait."""
LOST = (smtplib.SMTPException, OSError, ValueError)
_STATUS = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})\b")
_LEADING_DOT = re.compile(rb"(?m)^\.")
log = structlog.get_logger()


@dataclass(frozen=True)
class Server:
    """The SMTP server that takes our mail."""

    host: str
    port: int
    tls: Literal["never", "starttls", "implicit"]
    user: str | None
    password: str | None
    domain: str
    timeout_seconds: float
    ca_file: str | None = None


class Courier:
    """One connection, used by one thread at a time. `abort` may be called from any other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> bool:
        """Whether the server can be talked to: connected, encrypted and signed in as asked."""
        if self._smtp is not None:
            return True
        try:
            self._smtp = self._connect()
        except LOST as error:
            code = getattr(error, "smtp_code", None)
            log.warning("smtp.unreachable", error=type(error).__name__, code=code)
        return self._smtp is not None

    def send(self, mail: Mail) -> Outcome:
        """What came of handing over one mail."""
        kept = self._smtp is not None
        outcome = self._offer(mail)
        if kept and isinstance(outcome, Deferred) and outcome.detail == "disconnected":
            outcome = self._offer(mail)  # a kept connection may have been closed while idle: nothing was said on it
        return outcome

    def close(self) -> None:
        """Say goodbye."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except LOST:
                smtp.close()

    def abort(self) -> None:
        """Break off whatever is going on: the thread that waits for the server stops waiting."""
        smtp = self._smtp
        if smtp is not None and smtp.sock is not None:
            try:
                smtp.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.info("smtp.gone_already")

    def _offer(self, mail: Mail) -> Outcome:
        if not self.open() or self._smtp is None:
            return Deferred("unreachable")
        smtp = self._smtp
        try:
            refusal = self._envelope(smtp, mail)
        except LOST:
            self._drop()
            return Deferred("disconnected")
        if refusal is not None:
            return self._no(refusal)
        return self._hand_over(smtp, mail)

    def _envelope(self, smtp: smtplib.SMTP, mail: Mail) -> Answer | None:
        """The server's no, or None once it waits for the text."""
        if mail.international and not smtp.has_extn("smtputf8"):
            return 553, b"5.6.7 the server takes no international addresses"
        options = [f"size={len(mail.content)}"] if smtp.has_extn("size") else []
        options += ["SMTPUTF8", "BODY=8BITMIME"] if mail.international else []
        smtp.command_encoding = "utf-8" if mail.international else "ascii"
        code, text = smtp.mail(mail.sender, options)
        if code // 100 == DONE:
            code, text = smtp.rcpt(mail.to)
        if code // 100 == DONE:
            code, text = smtp.docmd("DATA")
        return None if code == START_INPUT else (code, text)

    def _hand_over(self, smtp: smtplib.SMTP, mail: Mail) -> Outcome:
        try:
            smtp.send(_LEADING_DOT.sub(b"..", mail.content).removesuffix(b"\r\n") + b"\r\n.\r\n")
            code, text = smtp.getreply()
        except LOST:
            self._drop()
            return Unknown("answer_lost")
        if code // 100 == DONE:
            return Accepted(_detail(code, text))
        if code // 100 in {LATER, NEVER}:
            return self._no((code, text))
        self._drop()
        return Unknown(f"answer_{code}")

    def _no(self, answer: Answer) -> Outcome:
        code, text = answer
        detail = _detail(code, text)
        permanent = code // 100 == NEVER and code not in OURS
        if code in OURS or code // 100 not in {LATER, NEVER}:
            self._drop()
        else:
            self._reset()
        return Rejected(detail) if permanent else Deferred(detail)

    def _reset(self) -> None:
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except LOST:
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        smtp: smtplib.SMTP
        if server.tls == "implicit":
            smtp = smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=server.domain,
                timeout=server.timeout_seconds,
                context=self._tls(),
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, local_hostname=server.domain, timeout=server.timeout_seconds)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                smtp.starttls(context=self._tls())
                smtp.ehlo_or_helo_if_needed()
            if server.user is not None and server.password is not None:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca_file)


def _detail(code: int, text: bytes) -> str:
    """The status codes of an answer, without its words: they may quote an address."""
    enhanced = _STATUS.match(text.lstrip())
    return f"{code} {enhanced[1].decode()}" if enhanced else str(code)
