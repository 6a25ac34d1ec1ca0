"""Gives outside identities an internal id before they first sign in, in the directory's own transactions."""

import hmac
import secrets
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.gateway.adapters.tables import actor
from services.gateway.domain.client import OURSELVES
from shared.ids import new_id

SALT_BYTES: Final = 32


class SqlEnrolment:
    """The table `actor`, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def enrol(self, issuer: str, subject: str, kind: str) -> tuple[UUID, str | None]:
        id, salt = new_id(), secrets.token_bytes(SALT_BYTES)
        row = insert(actor).values(id=id, issuer=issuer, subject=subject, kind=kind, salt=salt)
        made = self._connection.execute(row.on_conflict_do_nothing().returning(actor.c.id)).scalar()
        if made is not None:
            return made, digest(salt, issuer, subject)
        known = select(actor.c.id).where(actor.c.issuer == issuer, actor.c.subject == subject)
        return self._connection.execute(known).scalar_one(), None

    def enrol_client(self) -> tuple[UUID, str]:
        """A system that proves itself to us, and to nobody else: it is its own name."""
        id, salt = new_id(), secrets.token_bytes(SALT_BYTES)
        self._connection.execute(
            insert(actor).values(id=id, issuer=OURSELVES, subject=str(id), kind="system", salt=salt)
        )
        return id, digest(salt, OURSELVES, str(id))


def digest(salt: bytes, issuer: str, subject: str) -> str:
    """What is told of an outside identity: nothing, once the salt is erased."""
    return hmac.new(salt, f"{issuer}\0{subject}".encode(), sha256).hexdigest()
