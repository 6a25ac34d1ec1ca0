"""A gateway that takes in files, with its directory in memory and its files in a folder."""

import asyncio
import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import orjson
from pydantic import BaseModel, SecretStr

from services.gateway.application import uploads
from services.gateway.application.uploads.ports import Limits
from services.gateway.domain.upload import FORGOTTEN, Upload
from services.gateway.domain.upload_errors import UploadUnknown
from services.gateway.files.desk import Desk, desk_of
from services.gateway.files.serving import speakers_of
from shared.authz.decisions import ActorPermissions, policies_of
from shared.contracts.actor import Actor
from shared.contracts.base import Event, Request
from shared.storage.keys import new_keys
from tests.support.gateway import Gateway, MemoryOwners, MemoryRecord, Reply, documented_answer, settings_for_tests

R = TypeVar("R", bound=BaseModel)
KEYS = new_keys("2026-11")


@dataclass
class MemoryWork:
    """One transaction; what is changed in it is kept where it ends well."""

    uploads: "MemoryUploads"
    permissions: ActorPermissions
    told: list[Event] = field(default_factory=list)

    def tell(self, *events: Event, department: str | None = None) -> None:
        """Remember it."""
        del department
        self.told.extend(events)

    def reply(self, view: R) -> R:
        """As it is."""
        return view

    def require_current(self) -> None:
        """Everybody is."""


@dataclass
class MemoryUploads:
    """The uploads of a store."""

    kept_here: dict[UUID, Upload] = field(default_factory=dict)

    def get(self, id: UUID) -> Upload:
        """It, or UploadUnknown."""
        if id not in self.kept_here:
            raise UploadUnknown
        upload = deepcopy(self.kept_here[id])
        upload.facts.clear()
        return upload

    lock = get

    def count_open(self, owner: UUID) -> int:
        """How many."""
        return sum(upload.owner == owner and upload.is_open for upload in self.kept_here.values())

    def add(self, upload: Upload) -> None:
        """Keep it."""
        self.kept_here[upload.id] = upload

    save = add

    def of(self, owner: UUID, state: str | None, limit: int, after: str | None) -> tuple[Sequence[Upload], str | None]:
        """All of theirs, on one page."""
        del after
        theirs = [u for u in self.kept_here.values() if u.owner == owner and state in (None, u.state)]
        return sorted(theirs, key=lambda upload: upload.id, reverse=True)[:limit], None

    def lock_idle(self, since: datetime, limit: int) -> Sequence[Upload]:
        """Those that wait."""
        return [self.get(u.id) for u in self.kept_here.values() if u.is_open and u.touched_at < since][:limit]

    def kept(self, content: Sequence[str]) -> Sequence[str]:
        """Those that are held."""
        return [address for address in content if any(u.sha256 == address for u in self.kept_here.values())]

    def prune(self, before: datetime) -> None:
        """Without those that were forgotten long ago."""
        for upload in list(self.kept_here.values()):
            if upload.state in FORGOTTEN and upload.finished_at is not None and upload.finished_at < before:
                del self.kept_here[upload.id]


@dataclass
class UploadOwners(MemoryOwners):
    """Answers for the directory with its own use cases, and forgets nothing but what fails."""

    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    limits: Limits = field(default_factory=lambda: Limits(most_bytes=50_000_000, most_open=5))
    told: list[Event] = field(default_factory=list)

    async def call(self, request: Request[Any], *, token: str, **more: Any) -> Any:
        """What the use case answers."""
        answer = await super().call(request, token=token, **more)
        if not hasattr(uploads, request.method):
            return answer
        payload = token.split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return self.done(request, Actor.model_validate(claims["act"]))

    def done(self, request: Request[Any], actor: Actor) -> Any:
        """What the use case answers this actor."""
        use_case = getattr(uploads, request.method)
        limits = {"limits": self.limits} if request.method == "create_upload" else {}
        return use_case(request, unit_of_work=_Transactions(self, actor), **limits).model_dump(mode="json")


@dataclass
class _Transactions:
    owners: UploadOwners
    actor: Actor

    @contextmanager
    def __call__(self) -> Iterator[MemoryWork]:
        before = dict(self.owners.uploads.kept_here)
        work = MemoryWork(self.owners.uploads, ActorPermissions(policies_of("gateway"), self.actor))
        try:
            yield work
        except BaseException:
            self.owners.uploads.kept_here = before
            raise
        self.owners.told.extend(work.told)

    reading = __call__


def _documented_elsewhere(request: Request[Any]) -> Any:
    return None if hasattr(uploads, request.method) else documented_answer(request)


class Pause:
    """Before the last piece of a body."""

    def __init__(self) -> None:
        self.reached, self.over = asyncio.Event(), asyncio.Event()


class UploadGateway:
    """The gateway, and what one does with it."""

    def __init__(self, folder: Path, **more: Any) -> None:
        given = {"files_folder": folder, "storage_keys": SecretStr(KEYS), **more}
        found = desk_of(settings_for_tests(**given))
        assert found is not None
        self.desk: Desk = found
        self.folder = folder
        self.owners, self.record = UploadOwners(answer=_documented_elsewhere), MemoryRecord()
        self.gateway = Gateway(owners=self.owners, record=self.record, speakers=speakers_of(found), more=given)

    def request(
        self,
        method: str,
        path: str,
        *,
        roles: tuple[str, ...] = ("caseworker",),
        headers: Mapping[str, str] | None = None,
        pieces: Sequence[bytes] = (),
        broken: bool = False,
    ) -> Reply:
        """One request, its body in these pieces; `broken` is a connection that is gone after them."""
        return asyncio.run(self.asking(method, path, roles=roles, headers=headers, pieces=pieces, broken=broken))

    async def asking(
        self,
        method: str,
        path: str,
        *,
        roles: tuple[str, ...] = ("caseworker",),
        headers: Mapping[str, str] | None = None,
        pieces: Sequence[bytes] = (),
        broken: bool = False,
        pause: Pause | None = None,
    ) -> Reply:
        """The same, within a loop; `pause` is waited for before the last piece."""
        sent = {"host": "tellus.test", "authorization": f"Bearer {self.gateway.issuer.token(*roles)}"}
        if pieces and not broken and "transfer-encoding" not in (headers or {}):
            sent["content-length"] = str(sum(map(len, pieces)))
        elif broken:
            sent["transfer-encoding"] = "chunked"
        if method == "POST":
            sent["idempotency-key"] = uuid4().hex
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        messages: list[Any] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        if broken:
            messages.append({"type": "http.disconnect"})
        elif messages:
            messages[-1]["more_body"] = False
        else:
            messages.append({"type": "http.request", "body": b"", "more_body": False})
        got: list[Any] = []

        async def receive() -> Any:
            if pause is not None and len(messages) == 1:
                pause.reached.set()
                await pause.over.wait()
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            got.append(message)

        address, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": address,
            "raw_path": address.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {},
        }
        await self.gateway.app(scope, receive, send)
        start, *bodies = got
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        assert len(told) == len(start["headers"]), start["headers"]
        return Reply(start["status"], told, b"".join(part.get("body", b"") for part in bodies))

    def announce(self, content: bytes, *, roles: tuple[str, ...] = ("caseworker",), **changes: Any) -> Reply:
        """Announce this file, as a PDF unless told otherwise; ... leaves a field out."""
        said = {
            "file_name": "plan.pdf",
            "media_type": "application/pdf",
            "length": len(content),
            "sha256": sha256(content).hexdigest(),
        } | changes
        body = orjson.dumps({name: value for name, value in said.items() if value is not ...})
        return self.request(
            "POST", "/v1/uploads", roles=roles, headers={"content-type": "application/json"}, pieces=[body]
        )

    def append(
        self,
        place: str,
        pieces: Sequence[bytes],
        *,
        offset: int = 0,
        complete: bool = True,
        broken: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send these pieces of it."""
        return self.request(
            "PATCH", place, headers=said(offset, complete=complete) | dict(headers or {}), pieces=pieces, broken=broken
        )

    def sent(self, content: bytes, **changes: Any) -> str:
        """Announce and send all of it; where it is."""
        place = self.announce(content, **changes).headers["location"]
        answer = self.append(place, cut(content))
        assert answer.status == 200, answer.body
        return place

    def content_of(self, place: str, **headers: str) -> Reply:
        """What it holds."""
        return self.request("GET", f"{place}/content", headers={k.replace("_", "-"): v for k, v in headers.items()})


def said(offset: int, *, complete: bool) -> dict[str, str]:
    """The headers of a request that sends bytes."""
    return {
        "content-type": "application/partial-upload",
        "upload-offset": str(offset),
        "upload-complete": "?1" if complete else "?0",
    }


def cut(content: bytes, size: int = 65_536) -> list[bytes]:
    """In pieces."""
    return [content[at : at + size] for at in range(0, len(content), size)]
