"""The gateway as a process: `python -m services.gateway.processes.serve`. One process, one event loop.

A stop is announced (not ready), lets what is under way finish, and ends within the grace period.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import structlog
import uvloop
from granian.server.embed import Server

from services.gateway.adapters.store import SchemaTooOld, Store
from services.gateway.adapters.store_watch import StoreWatch
from services.gateway.app import create_app
from services.gateway.processes.background import Background
from services.gateway.processes.listening import allow_files, listener
from services.gateway.processes.wiring import Wiring, wire
from services.gateway.settings import Settings
from shared import garbage
from shared import settings as settings_module
from shared.errors import Unavailable
from shared.observability import health, logs, tracing

log = structlog.get_logger()
STORE_PATIENCE_SECONDS = 30.0


async def serve(settings: Settings) -> bool:
    """Serve until told to stop; whether that was how it ended, and not that something ended which never may."""
    state = health.Health()
    wiring = wire(settings, stopping=lambda: state.stopping)
    await _refuse_unknown_schema(wiring.stores[0])
    watch = StoreWatch(wiring.stores)
    app = create_app(wiring.tools)
    state.checks = {
        "broker": lambda: wiring.rpc.ready,
        "store": lambda: wiring.access_log.working and watch.answering,
        "issuer_keys": lambda: any(ring.ready for ring in wiring.keys),
    }
    health.serve(state, settings.health_host, settings.health_port)
    server = listener(app, settings)
    background = Background(
        endless={
            "access log": wiring.access_log.run(),
            "store watch": watch.run(),
            "ticking": health.keep_ticking(state),
            **{name: work() for name, work in wiring.endless.items()},
        },
        finite={"first broker connection": wiring.rpc.keep_connected()}
        | {f"keys of issuer {number}": ring.keep_trying() for number, ring in enumerate(wiring.keys, 1)},
    )
    background.watch(_stop_on_signal(server, state, settings.grace_seconds))
    garbage.settle()
    log.info("process.started", service="gateway", address=f"{settings.host}:{settings.port}")
    await server.serve()
    await background.end()
    await _close(wiring)
    return background.whole


def _stop_on_signal(server: Server, state: health.Health, grace_seconds: float) -> Callable[[], None]:
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
    return stop


def _give_up() -> None:
    log.error("process.forced", reason="requests were still under way after the grace period")
    os._exit(1)


async def _close(wiring: Wiring) -> None:
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
    lines = logs.configure("gateway", settings.log_level)
    tracing.configure("gateway", settings.otlp_endpoint)
    allow_files(settings.connections)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        lines.gather(runner.get_loop().call_later)
        as_told = runner.run(serve(settings))
    tracing.flush()
    log.info("process.stopped", service="gateway")
    if not as_told:
        sys.exit(1)


if __name__ == "__main__":
    main()
