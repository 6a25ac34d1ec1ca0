"""The sender's loop: takes up what is due, a bounded number at a time, and keeps every courier busy.

Nothing is taken up while contacts, the mail server, the broker or the store is down; it waits, however long. A message
whose contact cannot be read, although contacts answers, waits by itself: the others go on.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog

from services.notifications import application
from services.notifications.adapters import metrics
from services.notifications.adapters.courier import Courier
from services.notifications.adapters.recipients import RpcRecipients
from services.notifications.application.ports import UnitOfWork
from services.notifications.domain.errors import ContactUnreadable
from services.notifications.domain.message import Message
from services.notifications.domain.outcome import Deferred
from services.notifications.domain.retrying import Patience
from services.notifications.processes.delivering import Delivery
from services.notifications.processes.pausing import Pause
from services.notifications.settings import SenderSettings
from shared.errors import ServiceError, Stale

T = TypeVar("T")
HELD_PER_COURIER = 2
"""One being delivered and one at hand. What a killed process held is late by a lease, so it holds little."""
LAST_SECONDS = 5.0
"""What is left after the grace period to those whose connection was broken off."""
GIVE_UP_EVERY_SECONDS, GIVE_UP_AT_ONCE = 2.0, 100
log = structlog.get_logger()


class Sending:
    """Sends what is due until told to stop."""

    def __init__(
        self,
        settings: SenderSettings,
        *,
        recipients: RpcRecipients,
        couriers: Sequence[Courier],
        delivery: Delivery,
        unit_of_work: Callable[[Message | None], UnitOfWork],
    ) -> None:
        self._settings, self._recipients, self._couriers = settings, recipients, couriers
        self._delivery, self._unit_of_work = delivery, unit_of_work
        self._patience = Patience(settings.retry_first_seconds, settings.retry_longest_seconds)
        self._threads = ThreadPoolExecutor(len(couriers) + 2, thread_name_prefix="sender")
        self._at_hand: asyncio.Queue[Message] = asyncio.Queue()
        self._held = 0
        self._freed = asyncio.Event()
        self._pause = Pause()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; then finish what is being delivered, and put back the rest."""
        workers = [asyncio.create_task(self._work(courier)) for courier in self._couriers]
        others = [asyncio.create_task(self._take_up()), asyncio.create_task(self._give_up())]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([stopping, *workers, *others], return_when=asyncio.FIRST_COMPLETED)
        ended_by_itself = not stop.is_set()
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._finish(workers)
        if ended_by_itself:
            stopping.cancel()
            raise RuntimeError("a task of the sender ended by itself, which it never should: see the log")

    async def _finish(self, workers: Sequence[asyncio.Task[None]]) -> None:
        while not self._at_hand.empty():
            await self._put_back(self._at_hand.get_nowait(), 0.0)
            self._hold(-1)
        if not await self._all_done(self._settings.grace_seconds):
            log.error("sender.forced", count=self._held)
            self._delivery.out_of_time.set()
            for courier in self._couriers:
                courier.abort()
            await self._all_done(LAST_SECONDS)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await asyncio.gather(*(self._in_thread(courier.close) for courier in self._couriers))
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _all_done(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._held:
                    self._freed.clear()
                    await self._freed.wait()
        return not self._held

    async def _take_up(self) -> None:
        """Keep a bounded number of messages at hand."""
        while True:
            if (seconds := self._pause.remaining()) > 0:
                await asyncio.sleep(seconds)
                continue
            if not self._recipients.ready:
                self._pause.failed("broker")
                continue
            self._pause.answered("broker")
            room = HELD_PER_COURIER * len(self._couriers) - self._held
            if room < len(self._couriers):
                self._freed.clear()
                await self._freed.wait()
                continue
            claimed = await self._claim(room)
            for message in claimed:
                self._hold(1)
                self._at_hand.put_nowait(message)
            if len(claimed) < room:
                await asyncio.sleep(self._settings.poll_seconds)

    async def _claim(self, room: int) -> Sequence[Message]:
        try:
            claimed = await self._in_thread(
                lambda: application.claim_messages(
                    room, self._settings.lease_seconds, unit_of_work=self._unit_of_work(None)
                )
            )
        except ServiceError:
            self._pause.failed("store")
            return ()
        self._pause.answered("store")
        return claimed

    async def _work(self, courier: Courier) -> None:
        while True:
            message = await self._at_hand.get()
            try:
                await self._send(message, courier)
            except Exception as error:  # one message's fault stops no other: its lease ends, and it is looked at again
                log.exception("delivery.failed", message_id=str(message.id), error=type(error).__name__)
            finally:
                self._hold(-1)

    async def _send(self, message: Message, courier: Courier) -> None:
        if not await self._in_thread(courier.open):
            await self._put_back(message, self._pause.failed("mail server"))
            return
        try:
            recipient = await self._recipients.of(message)
        except ServiceError as error:
            log.warning("contacts.unanswered", error=error.error_code)
            await self._put_back(message, self._pause.failed("contacts"))
            return
        except ContactUnreadable as error:
            self._pause.answered("contacts")
            await self._back_off(message, error.why)
            return
        self._pause.answered("contacts")
        delivering = asyncio.ensure_future(self._in_thread(lambda: self._delivery.deliver(message, recipient, courier)))
        finished, _ = await asyncio.wait([delivering], timeout=self._settings.conversation_seconds)
        if not finished:
            log.warning("smtp.broken_off", message_id=str(message.id))
            courier.abort()
        try:
            outcome = await delivering
        except Stale:
            log.warning("message.reclaimed", message_id=str(message.id), reason="the lease ended before it was begun")
            return
        except ServiceError:
            self._pause.failed("store")
            return
        if isinstance(outcome, Deferred):
            self._pause.failed("mail server")
        elif outcome is not None:
            self._pause.answered("mail server")

    async def _put_back(self, message: Message, seconds: float) -> None:
        # where even this fails, the message is due again when its lease ends
        with contextlib.suppress(ServiceError):
            await self._in_thread(
                lambda: application.put_back(message, seconds, unit_of_work=self._unit_of_work(message))
            )

    async def _back_off(self, message: Message, why: str) -> None:
        # where even this fails, the message is due again when its lease ends
        with contextlib.suppress(ServiceError):
            stands = await self._in_thread(
                lambda: application.back_off(
                    message,
                    tries=self._settings.unreadable_tries,
                    patience=self._patience,
                    unit_of_work=self._unit_of_work(message),
                )
            )
            metrics.unreadable.inc()
            if stands.status == "undeliverable":
                metrics.outcomes.labels("undeliverable").inc()
            log.warning(
                "contact.unreadable",
                message_id=str(message.id),
                reason=why,
                attempt=stands.unread,
                outcome=stands.status,
            )

    async def _give_up(self) -> None:
        """Find what was left by senders that did not come back."""
        while True:
            with contextlib.suppress(ServiceError):
                lost = await self._in_thread(
                    lambda: application.give_up_attempts(
                        GIVE_UP_AT_ONCE, unit_of_work=self._unit_of_work(None), of_message=self._unit_of_work
                    )
                )
                if lost:
                    log.error("attempts.given_up", count=lost, outcome="unknown")
                    metrics.outcomes.labels("unknown").inc(lost)
            await asyncio.sleep(GIVE_UP_EVERY_SECONDS)

    def _hold(self, change: int) -> None:
        self._held += change
        metrics.in_flight.set(self._held)
        if change < 0:
            self._freed.set()

    async def _in_thread(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, act)
