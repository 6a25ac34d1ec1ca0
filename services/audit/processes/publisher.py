"""The one process that signs: `python -m services.audit.processes.publisher`.

Reads the log's size and root, makes sure that the log it signed last is a beginning of it, then signs. The last
signed size and root are kept in a file outside the database: a log that was rolled back is not signed again.
"""

import asyncio
import contextlib
import signal
import sys
from typing import Any

import psycopg
import structlog
import uvloop
from prometheus_client import Gauge

from services.audit.adapters.checkpoint_store import add_checkpoint, newest
from services.audit.adapters.ed25519 import read_signer
from services.audit.adapters.last_signed import LastSigned
from services.audit.adapters.log_reader import consistency, read, state
from services.audit.domain.checkpoint import Checkpoint, sign_checkpoint
from services.audit.domain.errors import LogDamaged, ProofWrong
from services.audit.domain.proofs import verify_consistency
from services.audit.settings import PublisherSettings
from shared import settings as reading
from shared.clock import now
from shared.observability import health, logs
from shared.persistence.driver import open_connection, try_lock

ALARM_SECONDS = 30.0
LOCK = 0x7E11_0503
"""The advisory lock of the one publisher."""
log = structlog.get_logger()
signed_size = Gauge("tellus_audit_signed_entries", "Entries covered by the newest checkpoint")
refusing = Gauge("tellus_audit_publisher_refusing", "1 while the log contradicts what was signed, and is not signed")


class Publisher:
    """Signs what has grown, and nothing that went back."""

    def __init__(self, settings: PublisherSettings) -> None:
        self._settings = settings
        self._signer = read_signer(settings.log_key.get_secret_value().strip())
        self._last = LastSigned(settings.state_dir)
        self.working = False

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            try:
                await self._serve()
            except (psycopg.Error, OSError) as error:
                log.warning("publisher.interrupted", error=type(error).__name__)
            except (LogDamaged, ProofWrong) as error:
                refusing.set(1)
                log.error("publisher.refuses", reason=error.error_code)  # noqa: TRY400 - the reason says it all
                self.working = False
                await asyncio.sleep(ALARM_SECONDS)
            finally:
                self.working = False
            await asyncio.sleep(0.5)

    async def _serve(self) -> None:
        url = self._settings.publisher_database_url.get_secret_value()
        async with await open_connection(url) as store:
            await self._become_only(store)
            while True:
                await self.publish(store)
                self.working = True
                refusing.set(0)
                await asyncio.sleep(self._settings.sign_seconds)

    async def _become_only(self, store: psycopg.AsyncConnection[Any]) -> None:
        while True:
            if await try_lock(store, LOCK):
                return
            self.working = True
            await asyncio.sleep(1)

    async def publish(self, store: psycopg.AsyncConnection[Any]) -> None:
        """The newest checkpoint covers the log as it is now; raises LogDamaged or ProofWrong rather than lie."""
        grown = await read(store, state())
        published = await read(store, newest())
        if published is not None and published.size == grown.size:
            if published.root != grown.root:
                raise LogDamaged("The log has another root than the one that was signed at this size.")
            self._last.must_not_contradict(grown.size, grown.root)
            signed_size.set(grown.size)
            return
        await self._grew(store, grown.size, grown.root)
        checkpoint = Checkpoint(self._signer.name, grown.size, grown.root)
        at = now()
        note = sign_checkpoint(checkpoint, [self._signer])
        self._last.remember(grown.size, grown.root)  # before anybody sees it: one size never has two roots
        await add_checkpoint(store, checkpoint, note, signed_at=at)
        signed_size.set(grown.size)
        log.info("checkpoint.signed", size=grown.size)

    async def _grew(self, store: psycopg.AsyncConnection[Any], size: int, root: bytes) -> None:
        last = self._last.read()
        if last is None:
            return
        self._last.must_not_contradict(size, root)
        if 0 < last.size < size:
            proof = await read(store, consistency(last.size, size))
            verify_consistency(old_size=last.size, new_size=size, old_root=last.root, new_root=root, proof=proof)


async def main() -> None:
    """Publish until SIGTERM."""
    settings = reading.read(PublisherSettings, "audit")
    logs.configure("audit-publisher", settings.log_level)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    publisher = Publisher(settings)
    state_of = health.Health(checks={"signing": lambda: publisher.working})
    health.serve(state_of, settings.health_host, settings.health_port)
    running = asyncio.create_task(publisher.run())
    ticking = asyncio.create_task(health.keep_ticking(state_of))
    stopping = asyncio.create_task(stop.wait())
    log.info("process.started", service="audit")
    await asyncio.wait([stopping, running], return_when=asyncio.FIRST_COMPLETED)
    ended = running.done()
    for task in (running, ticking, stopping):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(running, ticking, stopping, return_exceptions=True)
    if ended:
        sys.exit("The publisher ended by itself: see the log.")


if __name__ == "__main__":
    uvloop.run(main())
