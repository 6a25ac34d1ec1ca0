"""The signing keys: three generations in one file, so that no verifier is ever surprised by a rotation."""

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, KeySet

MOST_KEYS = 16


class TooManyKeys(RuntimeError):
    """The keys were rotated so often that the published set would grow without bound."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One key and its place: `next` is published before it signs, `current` signs, `retired` still proves."""

    key: ECKey
    state: str
    since: float


class KeyRing:
    """Signs with the current key, publishes all that still matter, survives a restart, and rotates by age.

    The file is the truth. A command may rotate it while the provider runs: every use looks whether it changed.
    """

    def __init__(
        self,
        directory: Path,
        *,
        rotate_after: float,
        publish_retired_for: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = directory / "keys.json"
        self._rotate_after = rotate_after
        self._publish_retired_for = publish_retired_for
        self._clock = clock
        self._lock = threading.RLock()
        self._seen: tuple[int, int, int] | None = None
        self._generations: list[Generation] = []
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            if not self._path.exists():
                self._write([self._new("current"), self._new("next")])

    def signing_keys(self) -> KeySet:
        """The one key that signs now, as the set that signers expect."""
        return KeySet([generation.key for generation in self._up_to_date() if generation.state == "current"])

    def verifying_keys(self) -> KeySet:
        """Every key that a token still alive may have been signed with."""
        return KeySet([generation.key for generation in self._up_to_date() if not self._forgotten(generation)])

    def published(self) -> dict[str, Any]:
        """The public halves, as served to the world."""
        return dict(self.verifying_keys().as_dict(private=False))

    def rotate(self) -> str:
        """The key announced before signs from now on; returns its id. The old one stays published for a while."""
        with self._alone():
            return self._rotate_held()

    def _up_to_date(self) -> list[Generation]:
        with self._lock:
            self._refresh()
            due = self._clock() - self._rotate_after
            if any(generation.state == "current" and generation.since <= due for generation in self._generations):
                self._rotate_once(due)
            return self._generations

    def _rotate_once(self, due: float) -> None:
        # Another process may have rotated between our look and our lock: look again inside it.
        with self._alone():
            if any(generation.state == "current" and generation.since <= due for generation in self._read()):
                self._rotate_held()
        self._refresh()

    def _rotate_held(self) -> str:
        kept = [generation for generation in self._read() if not self._forgotten(generation)]
        if len(kept) >= MOST_KEYS:
            raise TooManyKeys(
                f"{self._path} already holds {len(kept)} keys that tokens may still need. Wait until the oldest is "
                f"forgotten, {self._publish_retired_for:.0f} seconds after it was retired."
            )
        rotated = [*(self._promoted(generation) for generation in kept), self._new("next")]
        self._write(rotated)
        return next(str(generation.key.kid) for generation in rotated if generation.state == "current")

    def _refresh(self) -> None:
        with self._lock:
            status = self._path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                self._generations = self._read()
                self._seen = seen

    def _promoted(self, generation: Generation) -> Generation:
        after = {"next": "current", "current": "retired", "retired": "retired"}[generation.state]
        since = generation.since if generation.state == "retired" else self._clock()
        return Generation(generation.key, after, since)

    def _forgotten(self, generation: Generation) -> bool:
        return generation.state == "retired" and generation.since + self._publish_retired_for <= self._clock()

    def _new(self, state: str) -> Generation:
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
        key.ensure_kid()
        return Generation(key, state, self._clock())

    def _read(self) -> list[Generation]:
        entries = json.loads(self._path.read_text(encoding="ascii"))["keys"]
        return [Generation(ECKey.import_key(entry["jwk"]), entry["state"], entry["since"]) for entry in entries]

    def _write(self, generations: list[Generation]) -> None:
        entries = [
            {"jwk": generation.key.as_dict(private=True), "state": generation.state, "since": generation.since}
            for generation in generations
        ]
        draft = self._path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump({"keys": entries}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the ring against other threads and other processes."""
        with self._lock, self._path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
