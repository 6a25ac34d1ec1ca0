"""Runs both halves of the sink, mail and pages, until told to end."""

import asyncio
import signal
import threading

import structlog

from deploy.local.json_log import log_as_json
from deploy.local.sink.answers import Answers
from deploy.local.sink.faults import Faults
from deploy.local.sink.mailbox import Mailbox
from deploy.local.sink.settings import Settings
from deploy.local.sink.smtp import Letterbox, make_smtp
from deploy.local.sink.web import Web

log = structlog.get_logger("sink")


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; what was kept is on disk when this returns."""
    log_as_json(settings.log_level)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    mailbox = Mailbox(settings.spool_dir, settings.keep_messages, settings.keep_bytes)
    faults = Faults()
    letterbox = Letterbox(mailbox, faults)
    web = Web((settings.host, settings.page_port), Answers(mailbox, faults))
    pages = threading.Thread(target=web.serve_forever, name="pages", daemon=True)
    try:
        mail = await loop.create_server(
            lambda: make_smtp(letterbox, largest_message=settings.largest_message), settings.host, settings.smtp_port
        )
        pages.start()
        log.info("serving", smtp_port=settings.smtp_port, page_port=settings.page_port)
        await ended.wait()
        mail.close()
        await asyncio.to_thread(web.shutdown)
    finally:
        web.server_close()
        mailbox.close()
    log.info("ended")
