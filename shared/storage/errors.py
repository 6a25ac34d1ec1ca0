"""What can go wrong with stored files."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import Conflict, NotFound, Unavailable


class BlobUnknown(NotFound):
    """There is no such file."""

    code = "storage.unknown"


class BlobDamaged(Unavailable):
    """What is stored is not what was put there: it is not given out."""

    code = "storage.damaged"


class StorageUnavailable(Unavailable):
    """The place where files are kept does not answer, or is full: try again in a moment."""

    code = "storage.unavailable"


class StagingBusy(Conflict):
    """Somebody else is writing to this right now: wait until they have finished."""

    code = "storage.busy"


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn what the operating system says into what a caller can act on."""
    try:
        yield
    except FileNotFoundError as error:
        raise BlobUnknown from error
    except OSError as error:
        raise StorageUnavailable from error
