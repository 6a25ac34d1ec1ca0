"""Hands messages to the mail server: `python -m services.notifications.processes.sender`.

Run as many as needed: each message is taken up by one of them. Stops within its grace period; what is being delivered
is finished first.
"""

import asyncio
import signal

import structlog
import uvloop
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.notifications.adapters.courier import Courier, Server
from services.notifications.adapters.letters import Stationery
from services.notifications.adapters.recipients import RpcRecipients
from services.notifications.adapters.unit_of_work import NotificationsWork, unit_of_work
from services.notifications.domain.message import Message
from services.notifications.domain.retrying import Patience
from services.notifications.processes.delivering import Delivery
from services.notifications.processes.sending import Sending
from services.notifications.settings import SenderSettings
from shared import garbage
from shared.authz.token import Signer, system_actor
from shared.call import Call, new_traceparent
from shared.observability import health, logs, tracing
from shared.persistence.engine import engine_for
from shared.persistence.unit_of_work import SqlUnitOfWork
from shared.rpc.asyncio_client import AsyncRpc
from shared.settings import read

SERVICE, PROCESS = "notifications", "notifications:sender"
log = structlog.get_logger()


async def send(settings: SenderSettings) -> None:
    """Send until SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    rpc = AsyncRpc(settings.amqp_url.get_secret_value(), name="notifications-sender")
    engine = engine_for(
        settings.database_url.get_secret_value(),
        pool_size=settings.workers + 3,
        statement_timeout_ms=settings.statement_timeout_ms,
    )
    state = health.Health(checks={"store": lambda: _answers(engine), "broker": lambda: rpc.ready})
    sending = _sending(settings, rpc, engine)
    health.serve(state, settings.health_host, settings.health_port)
    ticking = asyncio.create_task(_tick(state))
    connecting = asyncio.create_task(rpc.keep_connected())
    garbage.settle()
    log.info("process.started", service=SERVICE, workers=settings.workers)
    stopping = asyncio.create_task(_say_so(stop, state))
    try:
        await sending.run(stop)
    finally:
        for task in (ticking, connecting, stopping):
            task.cancel()
        await rpc.close()
    log.info("process.stopped", service=SERVICE)


def _sending(settings: SenderSettings, rpc: AsyncRpc, engine: Engine) -> Sending:
    password = settings.smtp_password
    server = Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        domain=settings.message_domain,
        timeout_seconds=settings.smtp_timeout_seconds,
        ca_file=str(settings.smtp_ca_file) if settings.smtp_ca_file else None,
    )

    def work_on(message: Message | None) -> SqlUnitOfWork[NotificationsWork]:
        return unit_of_work(engine, _call(message))

    return Sending(
        settings,
        recipients=RpcRecipients(rpc, Signer(SERVICE, settings.signing_key.get_secret_value())),
        couriers=[Courier(server) for _ in range(settings.workers)],
        delivery=Delivery(
            stationery=Stationery(settings.from_address, settings.from_name, settings.message_domain),
            patience=Patience(settings.retry_first_seconds, settings.retry_longest_seconds),
            lease_seconds=settings.lease_seconds,
            unit_of_work=work_on,
        ),
        unit_of_work=work_on,
    )


def _call(message: Message | None) -> Call:
    """The work in hand: the message's department and trace go on in what is told of it."""
    return Call(
        actor=system_actor(SERVICE, message.department) if message else system_actor(SERVICE),
        operation="notifications.sender",
        traceparent=message.traceparent if message else new_traceparent(),
    )


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


async def _tick(state: health.Health) -> None:
    while True:
        state.tick()
        await asyncio.sleep(1)


async def _say_so(stop: asyncio.Event, state: health.Health) -> None:
    await stop.wait()
    state.stopping = True
    log.info("process.stopping", service=SERVICE)


def main() -> None:
    """Run the sender as a process."""
    settings = read(SenderSettings, SERVICE)
    logs.configure(PROCESS, settings.log_level)
    tracing.configure(PROCESS, settings.otlp_endpoint)
    uvloop.run(send(settings))


if __name__ == "__main__":
    main()
