"""What all that has to do with files works with: where they arrive, where they are kept, and how much there may be."""

from dataclasses import dataclass

from services.gateway.files.scanning import EicarScanner, NoScanner, Scanner
from services.gateway.settings import Settings
from shared.storage.blobs import Blobs
from shared.storage.folder import FolderShelf
from shared.storage.keys import StorageKeys
from shared.storage.staging import Staging
from shared.storage.threads import Threads


@dataclass(frozen=True)
class Desk:
    """One gateway's desk. Several gateways that share the folder share everything on it."""

    staging: Staging
    blobs: Blobs
    scanner: Scanner
    threads: Threads
    most_bytes: int
    idle_seconds: float
    """How long an upload waits for more."""
    append_seconds: float
    """How long one request may go on sending."""


def desk_of(settings: Settings) -> Desk | None:
    """The desk; None where no place for files is set."""
    if settings.files_folder is None or settings.storage_keys is None:
        return None
    keys = StorageKeys.from_text(settings.storage_keys.get_secret_value())
    return Desk(
        staging=Staging(settings.files_folder / "arriving", keys),
        blobs=Blobs(FolderShelf(settings.files_folder / "kept"), keys),
        scanner=EicarScanner() if settings.scanner == "eicar" else NoScanner(),
        threads=Threads(settings.file_threads),
        most_bytes=settings.upload_bytes,
        idle_seconds=settings.upload_idle_seconds,
        append_seconds=settings.upload_append_seconds,
    )
