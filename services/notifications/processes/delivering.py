"""One delivery, in one thread: the attempt on record, the mail handed over, the outcome on record. In that order."""

import secrets
import threading
import time
from collections.abc import Callable

import structlog

from services.notifications import application
from services.notifications.adapters import metrics
from services.notifications.adapters.courier import Courier
from services.notifications.adapters.letters import Stationery
from services.notifications.application.begin_attempt import Letter
from services.notifications.application.ports import Recipient, UnitOfWork
from services.notifications.domain.message import Message
from services.notifications.domain.outcome import Outcome
from services.notifications.domain.retrying import Patience
from shared.errors import ServiceError, Stale

RETRY_SECONDS = 0.5
SALT_BYTES = 16
log = structlog.get_logger()


class Delivery:
    """Delivers messages from a store. Safe to use from several threads."""

    def __init__(
        self,
        *,
        stationery: Stationery,
        patience: Patience,
        lease_seconds: float,
        unit_of_work: Callable[[Message], UnitOfWork],
    ) -> None:
        self._stationery, self._patience, self._lease_seconds = stationery, patience, lease_seconds
        self._unit_of_work = unit_of_work
        self.out_of_time = threading.Event()
        """Set when the process must end: an outcome that cannot be recorded then is found unknown by the next one."""

    def deliver(self, message: Message, recipient: Recipient | None, courier: Courier) -> Outcome | None:
        """What came of it, on record; None where it can never be delivered.

        Raises Stale where somebody else has the message, and ServiceError where the attempt could not be put on record
        before the process must end: then nothing was sent.
        """
        started = time.perf_counter()
        letter = self._begin(message, recipient)
        if letter is None:
            _log(message, "undeliverable", started)
            return None
        outcome = courier.send(self._stationery.mail(letter))
        metrics.send_seconds.observe(time.perf_counter() - started)
        self._write_down(letter.message, outcome)
        _log(letter.message, type(outcome).__name__.lower(), started)
        return outcome

    def _begin(self, message: Message, recipient: Recipient | None) -> Letter | None:
        salt = secrets.token_bytes(SALT_BYTES)
        while True:
            try:
                return application.begin_attempt(
                    message,
                    recipient,
                    salt=salt,
                    lease_seconds=self._lease_seconds,
                    unit_of_work=self._unit_of_work(message),
                )
            except Stale:
                raise
            except ServiceError as error:
                log.warning("attempt.unrecorded", message_id=str(message.id), error=error.error_code)
                if self.out_of_time.wait(RETRY_SECONDS):
                    raise

    def _write_down(self, message: Message, outcome: Outcome) -> None:
        while True:
            try:
                application.end_attempt(
                    message, outcome, patience=self._patience, unit_of_work=self._unit_of_work(message)
                )
            except ServiceError as error:
                log.warning("outcome.unrecorded", message_id=str(message.id), error=error.error_code)
            else:
                return
            if self.out_of_time.wait(RETRY_SECONDS):
                log.error("outcome.lost", message_id=str(message.id), outcome=type(outcome).__name__.lower())
                return


def _log(message: Message, outcome: str, started: float) -> None:
    metrics.outcomes.labels(outcome).inc()
    log.info(
        "message",
        outcome=outcome,
        message_id=str(message.id),
        template=message.template,
        attempt=message.attempts,
        trace=message.traceparent[3:35],
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
    )
