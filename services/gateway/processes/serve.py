"""The gateway as a process: `python -m services.gateway.processes.serve`. One process, one event loop.

A stop is announced (not ready), lets what is under way finish, and ends within the grace period.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from services.gateway.adapters.store import SchemaTooOld, Store
from services.gateway.app import create_app
from services.gateway.processes.wiring import Wiring, wire
from services.gateway.settings import Settings
from shared import garbage
from shared import settings as settings_module
from shared.errors import Unavailable
from shared.observability import health, logs, tracing

log = structlog.get_logger()
STORE_PATIENCE_SECONDS = 30.0
HEADER_MILLISECONDS = 10_000
HEADER_BYTES = 65_536


async def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    wiring = wire(settings)
    await _refuse_unknown_schema(wiring.stores[0])
    app = create_app(wiring.tools)
    state = health.Health()
    state.checks = {
        "broker": lambda: wiring.rpc.ready,
        "store": lambda: wiring.access_log.working,
        "issuer_keys": lambda: any(ring.ready for ring in wiring.keys),
    }
    health.serve(state, settings.health_host, settings.health_port)
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
        websockets=False,
        backlog=min(settings.connections, 1_024),
        backpressure=settings.connections,
        log_enabled=False,
    )
    background = [asyncio.create_task(work) for work in _background(wiring, state)]
    _stop_on_signal(server, state, settings.grace_seconds)
    garbage.settle()
    log.info("process.started", service="gateway", address=f"{settings.host}:{settings.port}")
    await server.serve()
    await _close(wiring, background)


def _background(wiring: Wiring, state: health.Health) -> list[Coroutine[Any, Any, None]]:
    keys = [ring.keep_trying() for ring in wiring.keys]
    return [wiring.access_log.run(), wiring.rpc.keep_connected(), _tick(state), *keys]


async def _tick(state: health.Health) -> None:
    while True:
        state.tick()
        await asyncio.sleep(1)


def _stop_on_signal(server: Server, state: health.Health, grace_seconds: float) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if state.stopping:
            return
        state.stopping = True
        log.info("process.stopping")
        server.stop()  # type: ignore[no-untyped-call]
        loop.call_later(grace_seconds, _give_up)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _give_up() -> None:
    log.error("process.forced", reason="requests were still under way after the grace period")
    os._exit(1)


async def _close(wiring: Wiring, background: list[asyncio.Task[None]]) -> None:
    for task in background:
        task.cancel()
    for task in background:
        with suppress(asyncio.CancelledError):
            await task
    await wiring.rpc.close()
    for store in wiring.stores:
        await store.close()


async def _refuse_unknown_schema(store: Store) -> None:
    loop = asyncio.get_running_loop()
    patience = loop.time() + STORE_PATIENCE_SECONDS
    while True:
        try:
            await store.check()
        except SchemaTooOld as error:
            sys.exit(f"{error} Run `tellus migrate gateway`.")
        except Unavailable:
            if loop.time() > patience:
                sys.exit("The store of gateway cannot be reached: is PostgreSQL up, and GATEWAY_DATABASE_URL right?")
            await asyncio.sleep(0.5)
        else:
            return


def main() -> None:
    """Read the settings and serve."""
    settings = settings_module.read(Settings, "gateway")
    logs.configure("gateway", settings.log_level)
    tracing.configure("gateway", settings.otlp_endpoint)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))
    tracing.flush()
    log.info("process.stopped", service="gateway")


if __name__ == "__main__":
    main()
