"""Throws away files that nobody has, now and then: of all the gateways that share a store, one at a time does it."""

import asyncio
from typing import Any, Final
from uuid import uuid4

import psycopg
import structlog

from services.gateway.files.desk import Desk
from services.gateway.files.sweeping import sweep
from services.gateway.settings import Settings
from shared.authz.token import Signer
from shared.call import new_traceparent
from shared.contracts.base import Request
from shared.errors import ServiceError
from shared.persistence.driver import open_connection, try_lock
from shared.rpc.asyncio_client import CONNECTION_ERRORS, AsyncRpc

log = structlog.get_logger()
LOCK: Final = 0x7E11_0F11
"""The advisory lock of whoever sweeps, in the gateway's store."""
CALL_SECONDS: Final = 20.0


class Sweeper:
    """Sweeps at intervals. `run` must be running."""

    def __init__(self, desk: Desk, settings: Settings, rpc: AsyncRpc, signer: Signer) -> None:
        self._desk, self._settings, self._rpc, self._signer = desk, settings, rpc, signer

    async def run(self) -> None:
        """For ever. What fails is tried again next time: nothing that is thrown away is in a hurry."""
        while True:
            await asyncio.sleep(self._settings.sweep_seconds)
            try:
                await self._sweep_alone()
            except (ServiceError, psycopg.Error, *CONNECTION_ERRORS, TimeoutError) as error:
                log.warning("files.not_swept", error=type(error).__name__)

    async def _sweep_alone(self) -> None:
        connection = await open_connection(self._settings.database_url.get_secret_value())
        try:
            if await try_lock(connection, LOCK):
                await sweep(self._desk, self._ask)
        finally:
            await connection.close()

    async def _ask(self, request: Request[Any]) -> Any:
        return await self._rpc.call(
            request,
            token=self._signer.as_itself(operation=request.method),
            traceparent=new_traceparent(),
            command_id=uuid4() if request.writes else None,
            timeout=CALL_SECONDS,
        )
