"""Works on what waits: one job at a time in each gateway, as whoever asked for it and for as long as they may."""

import asyncio
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from prometheus_client import Counter

from services.gateway.endpoint import Record, Rpc
from services.gateway.files.desk import Desk
from services.gateway.identity.standing import Standings
from services.gateway.jobs.exporting import exported
from services.gateway.minting import Mint
from shared.authz.token import Signer
from shared.call import new_traceparent
from shared.contracts.actor import Actor, Kind
from shared.contracts.base import Event, Request
from shared.contracts.gateway.jobs import AdvanceJob, FinishJob, JobTaken, TakeJob
from shared.errors import Conflict, Forbidden, ServiceError, Unavailable

log = structlog.get_logger()
LOOK_SECONDS: Final = 2.0
CALL_SECONDS: Final = 10.0
finished = Counter("tellus_jobs_total", "Long work by how it ended", ["outcome"])


class NotAllowedNow(Forbidden):
    """Whoever asked for this may do nothing any more."""

    code = "not_allowed_now"


class JobGone(Exception):
    """Somebody cancelled it, or somebody else took it over."""


class NoPlace(Conflict):
    """No place for files is set here, so there is nowhere to gather anything."""

    code = "no_place"


class _Stands:
    """Whether whoever asked still stands as they did: as when they asked in department, as when work began in roles."""

    def __init__(self, standings: Standings, asked: Actor) -> None:
        self._standings, self._asked = standings, asked
        self._mark: str | None = None

    async def still(self) -> Actor:
        """They as they may act now; raises NotAllowedNow."""
        asked, for_user = self._asked, self._asked.kind is Kind.SYSTEM and self._asked.on_behalf_of is not None
        itself = await self._standings.of(asked.id)
        person = await self._standings.of(asked.owner) if for_user else itself
        self._mark = self._mark or person.mark
        moved = person.department is not None and person.department != asked.department
        if not (itself.active and person.active) or person.mark != self._mark or moved:
            raise NotAllowedNow
        scopes = asked.scopes
        if itself.registered is not None:
            scopes = tuple(scope for scope in scopes if scope in itself.registered.scopes)
        return asked.model_copy(update={"grants": person.grants, "scopes": scopes})


class Workshop:
    """Takes jobs from the directory and brings what they ask for. `run` must be running."""

    def __init__(
        self, desk: Desk | None, rpc: Rpc, mint: Mint, signer: Signer, standings: Standings, record: Record
    ) -> None:
        self._desk, self._rpc, self._mint, self._signer = desk, rpc, mint, signer
        self._standings, self._record = standings, record

    async def run(self) -> None:
        """For ever. What fails for want of a service is left to whoever looks next."""
        while True:
            try:
                worked = await self.work()
            except ServiceError as error:
                log.warning("jobs.away", error=error.error_code)
                worked = False
            if not worked:
                await asyncio.sleep(LOOK_SECONDS)

    async def work(self) -> bool:
        """One job, if one waits; whether there was one."""
        traceparent = new_traceparent()
        taken = JobTaken.model_validate(await self._as_gateway(TakeJob(), traceparent))
        if taken.id is None or taken.owner is None or taken.request is None:
            return False
        try:
            await self._bring(taken.id, taken.owner, taken.request, traceparent)
        except JobGone:
            outcome = "cancelled"
        except Unavailable:  # its lease ends, and somebody begins it anew
            outcome = "put_back"
        except ServiceError as error:
            outcome = "failed"
            await self._as_gateway(FinishJob(job_id=taken.id, error=_word(error.error_code)), traceparent)
        else:
            outcome = "done"
        finished.labels(outcome).inc()
        log.info("job", outcome=outcome, subject=str(taken.id), actor=str(taken.owner.id), trace=traceparent[3:35])
        return True

    async def _bring(self, job_id: UUID, owner: Actor, request: str, traceparent: str) -> None:
        if self._desk is None:
            raise NoPlace
        run = self._desk.threads.run
        stands = _Stands(self._standings, owner)
        pending = await run(self._desk.blobs.new)
        items = size = 0
        try:

            async def ask(asked: Request[Any]) -> Any:
                actor = await stands.still()
                token = self._mint.token(actor, asked.method)
                return await self._rpc.call(asked, token=token, traceparent=traceparent, timeout=CALL_SECONDS)

            async def tell(event: Event) -> None:
                await self._record.record(event, actor=owner, traceparent=traceparent)

            async for lines, count in exported(request, owner, ask, tell):
                await run(pending.write, lines)
                items, size = items + count, size + len(lines)
                await self._say(AdvanceJob(job_id=job_id, items=items), traceparent)
            content = await run(pending.finish)
        except BaseException:
            await run(pending.discard)
            raise
        done = FinishJob(job_id=job_id, items=items, content=content, size=size)
        await self._say(done, traceparent)

    async def _say(self, request: Request[Any], traceparent: str) -> None:
        try:
            await self._as_gateway(request, traceparent)
        except Conflict as error:
            raise JobGone from error

    async def _as_gateway(self, request: Request[Any], traceparent: str) -> Any:
        return await self._rpc.call(
            request,
            token=self._signer.as_itself(operation=request.method),
            traceparent=traceparent,
            command_id=uuid4(),
            timeout=CALL_SECONDS,
        )


def _word(code: str) -> str:
    """An error's code as a code: `policy`, `cases_unknown`."""
    return code.replace(".", "_")[:64] or "failed"
