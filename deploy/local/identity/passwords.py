"""Passwords are made on the machine that uses them, at first start, and never leave it."""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SHARED_PASSWORD = "identity_password"  # noqa: S105 - the name of a file, not a password
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def shared_password(secrets_dir: Path) -> str:
    """The one password of every made-up person; made at the first call, the same ever after."""
    return read_or_make(secrets_dir / SHARED_PASSWORD, _typeable)


def client_secret(secrets_dir: Path, client_id: str) -> str:
    """The secret of one system client; made at the first call, the same ever after."""
    return read_or_make(secrets_dir / f"identity_client_{client_id}", lambda: secrets.token_urlsafe(32))


def same(given: str, expected: str) -> bool:
    """Compare without telling by the time taken how much was right."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode("utf-8"))


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The secret in `path`, made there whole and readable only by its owner if it was missing."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(make())
        # A link, not a rename: when two processes start at once, both must end with the first one's secret.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def _typeable() -> str:
    """Four groups of five: about 99 bits, and a person can still copy it by hand."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))
