"""A system that calls the API: who answers for it, what it was registered for, and with which keys it proves itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.gateway.domain.client_errors import (
    ClientActive,
    ClientSuspended,
    KeyKnown,
    KeyNeeded,
    KeyUnknown,
    RegistrationTooLong,
    TooManyKeys,
)
from services.gateway.domain.errors import NothingToAmend, PeriodImpossible
from shared.errors import Stale

OURSELVES: Final = "tellus:gateway"
"""The issuer of the tokens that systems get here; our address may change, this name does not."""
LONGEST_REGISTRATION: Final = timedelta(days=366)
"""A system that nobody renews within a year is one that nobody answers for."""
MOST_KEYS: Final = 3


@dataclass(frozen=True)
class ClientKey:
    """A public key: `jwk` is its canonical JSON, `kid` its thumbprint (RFC 7638)."""

    kid: str
    jwk: str
    added_at: datetime
    expires_at: datetime


@dataclass
class Client:
    """One system at one version, and what changed of it since it was loaded."""

    id: UUID
    name: str
    owner: UUID
    department: str
    purpose: str
    scopes: tuple[str, ...]
    expires_at: datetime
    registered_at: datetime
    registered_by: UUID
    changed_at: datetime
    active: bool = True
    keys: tuple[ClientKey, ...] = ()
    version: int = 1
    last_used_at: datetime | None = None
    changes: list[str] = field(default_factory=list)

    @classmethod
    def register(
        cls,
        id: UUID,
        *,
        name: str,
        owner: UUID,
        department: str,
        purpose: str,
        scopes: tuple[str, ...],
        expires_at: datetime,
        key: tuple[str, str],
        at: datetime,
    ) -> "Client":
        """A new system with its first key; raises where it would be trusted for too long."""
        _check_period(expires_at, at)
        kid, jwk = key
        return cls(
            id=id,
            name=name,
            owner=owner,
            department=department,
            purpose=purpose,
            scopes=tuple(sorted(set(scopes))),
            expires_at=expires_at,
            registered_at=at,
            registered_by=owner,
            changed_at=at,
            keys=(ClientKey(kid, jwk, at, expires_at),),
        )

    def amend(
        self,
        version: int,
        at: datetime,
        *,
        name: str | None = None,
        scopes: tuple[str, ...] | None = None,
        expires_at: datetime | None = None,
        owner: UUID | None = None,
    ) -> None:
        """Change what is still at `version`; raises Stale where it is not."""
        if version != self.version:
            raise Stale(current_version=self.version)
        if expires_at is not None:
            _check_period(expires_at, at)
        wanted = {
            "name": name,
            "scopes": tuple(sorted(set(scopes))) if scopes else None,
            "expires_at": expires_at,
            "owner": owner,
        }
        changed = [name for name, value in wanted.items() if value is not None and value != getattr(self, name)]
        if not changed:
            raise NothingToAmend
        for name_of in changed:
            setattr(self, name_of, wanted[name_of])
        self._changed(changed, at)

    def add_key(self, kid: str, jwk: str, expires_at: datetime | None, at: datetime) -> None:
        """One key more; those that have expired make room."""
        ends = min(expires_at or self.expires_at, self.expires_at)
        if ends <= at:
            raise PeriodImpossible
        living = tuple(key for key in self.keys if key.expires_at > at)
        if any(key.kid == kid for key in living):
            raise KeyKnown
        if len(living) >= MOST_KEYS:
            raise TooManyKeys(most=MOST_KEYS)
        self.keys = (*living, ClientKey(kid, jwk, at, ends))
        self._changed(["keys"], at)

    def remove_key(self, kid: str, at: datetime) -> None:
        """One key less, but never the last: a system without a key is suspended instead."""
        kept = tuple(key for key in self.keys if key.kid != kid)
        if len(kept) == len(self.keys):
            raise KeyUnknown
        if not any(key.expires_at > at for key in kept):
            raise KeyNeeded
        self.keys = kept
        self._changed(["keys"], at)

    def suspend(self, at: datetime) -> None:
        """It may do nothing from now on."""
        if not self.active:
            raise ClientSuspended
        self.active = False
        self._changed(["active"], at)

    def resume(self, at: datetime) -> None:
        """It may go on."""
        if self.active:
            raise ClientActive
        self.active = True
        self._changed(["active"], at)

    def _changed(self, fields: list[str], at: datetime) -> None:
        self.version += 1
        self.changed_at = at
        self.changes += fields


def _check_period(expires_at: datetime, at: datetime) -> None:
    if expires_at <= at:
        raise PeriodImpossible
    if expires_at - at > LONGEST_REGISTRATION:
        raise RegistrationTooLong(days=LONGEST_REGISTRATION.days)
