"""Looking for what is known to be harmful: the port that a virus scanner stands behind, and the two kept here."""

from typing import Final, Protocol

EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scan(Protocol):
    """One file being looked at."""

    def feed(self, chunk: bytes) -> None:
        """The next piece of it."""

    def found(self) -> bool:
        """Whether something harmful was found, once it has all been fed."""


class Scanner(Protocol):
    """Looks at files."""

    def begin(self) -> Scan:
        """For one file."""


class EicarScan:
    """Looks for the test string on which all virus scanners have agreed."""

    def __init__(self) -> None:
        self._end, self._found = b"", False

    def feed(self, chunk: bytes) -> None:
        joined = self._end + chunk
        self._found = self._found or EICAR in joined
        self._end = joined[-len(EICAR) :]

    def found(self) -> bool:
        return self._found


class EicarScanner:
    """Finds the test string and nothing else: so that everything around a scanner can be tried out."""

    def begin(self) -> EicarScan:
        return EicarScan()


class NoScan:
    """Finds nothing."""

    def feed(self, chunk: bytes) -> None:
        del chunk

    def found(self) -> bool:
        return False


class NoScanner:
    """For where files are looked at elsewhere."""

    def begin(self) -> NoScan:
        return NoScan()
