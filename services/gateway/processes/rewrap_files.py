"""Wraps the keys of all files under the current storage key: `python -m services.gateway.processes.rewrap_files`.

Run it after a new key was named current, and keep the old one until it has ended and no upload that began before is
open any more. The files themselves stay as they are. Again is harmless.
"""

import sys
from datetime import timedelta

import structlog

from services.gateway.files.desk import desk_of
from services.gateway.settings import Settings
from shared import settings as settings_module
from shared.clock import now
from shared.observability import logs
from shared.storage.blobs import Blobs
from shared.storage.errors import BlobUnknown

log = structlog.get_logger()
TOLD_EVERY = 1_000


def rewrap_all(blobs: Blobs) -> tuple[int, int]:
    """Every file's key is wrapped under the current key; how many there are, and how many were not."""
    total = changed = 0
    for address in blobs.addresses(now() + timedelta(days=1)):
        try:
            changed += blobs.rewrap(address)
        except BlobUnknown:
            continue  # thrown away meanwhile
        total += 1
        if total % TOLD_EVERY == 0:
            log.info("files.rewrapping", total=total, count=changed)
    return total, changed


def main() -> None:
    """Read the settings and rewrap."""
    settings = settings_module.read(Settings, "gateway")
    logs.configure("gateway", settings.log_level)
    desk = desk_of(settings)
    if desk is None:
        sys.exit("No place for files is set: GATEWAY_FILES_FOLDER and GATEWAY_STORAGE_KEYS.")
    total, changed = rewrap_all(desk.blobs)
    log.info("files.rewrapped", total=total, count=changed)


if __name__ == "__main__":
    main()
