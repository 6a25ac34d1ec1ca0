"""Which adapter stands behind which port. The only file that chooses."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from services.gateway.adapters.access_log import AccessLog
from services.gateway.adapters.acting import SqlActing
from services.gateway.adapters.actors import SqlDirectory
from services.gateway.adapters.issuer_keys import fetch_keys
from services.gateway.adapters.known_clients import SqlKnownClients
from services.gateway.adapters.live_feed import LiveFeed
from services.gateway.adapters.quotas import SqlQuotas
from services.gateway.adapters.standing_changes import StandingChanges
from services.gateway.adapters.standings import SqlStandings
from services.gateway.adapters.store import Store
from services.gateway.clients.assertions import Assertions
from services.gateway.clients.token_door import TOKEN, TokenDoor
from services.gateway.endpoint import Tools
from services.gateway.files.desk import desk_of
from services.gateway.files.serving import speakers_of
from services.gateway.identity.acting import Acting
from services.gateway.identity.callers import Callers
from services.gateway.identity.keys import KeyRing
from services.gateway.identity.own_tokens import ISSUER as OWN_ISSUER
from services.gateway.identity.own_tokens import OwnTokens
from services.gateway.identity.tokens import Verifier
from services.gateway.jobs.handing_out import results_of
from services.gateway.jobs.working import Workshop
from services.gateway.minting import Mint
from services.gateway.processes.browsing import browsers_of
from services.gateway.processes.sweeping import Sweeper
from services.gateway.scim.shapes import provider
from services.gateway.scim.speaking import SpeaksScim
from services.gateway.sessions.callers import SessionCallers
from services.gateway.sessions.doors import Doors
from services.gateway.settings import Settings
from services.gateway.streams.speaking import LiveUpdates
from shared.authz.token import ISSUER_FOR_PEOPLE, Signer
from shared.rpc.asyncio_client import AsyncRpc


@dataclass(frozen=True)
class Wiring:
    """Everything that a running gateway is made of."""

    tools: Tools
    rpc: AsyncRpc
    access_log: AccessLog
    keys: tuple[KeyRing, ...]
    stores: tuple[Store, ...]
    endless: Mapping[str, Callable[[], Coroutine[Any, Any, None]]]
    """What goes on beside the requests for as long as the process runs, by name."""


def wire(settings: Settings, *, stopping: Callable[[], bool] = lambda: False) -> Wiring:
    """The real thing. Opens nothing yet. `stopping` says whether what goes on for long should come to an end."""
    rings = {
        issuer.issuer: KeyRing(
            issuer.issuer,
            partial(fetch_keys, issuer),
            refresh_seconds=settings.key_refresh_seconds,
            retry_seconds=settings.key_retry_seconds,
        )
        for issuer in settings.issuers
    }
    trusted = {issuer.issuer: (issuer, rings[issuer.issuer]) for issuer in settings.issuers}
    store = partial(
        Store,
        settings.database_url.get_secret_value(),
        statement_timeout_ms=min(settings.statement_timeout_ms, round(settings.record_seconds * 1000)),
        seconds=settings.record_seconds,
    )
    recording, knowing = store(name="gateway-access"), store(name="gateway-actors")
    asking = store(name="gateway-standings")
    changes = StandingChanges(
        settings.database_url.get_secret_value(), statement_timeout_ms=settings.statement_timeout_ms
    )
    standings = SqlStandings(asking, changes)
    counting = store(name="gateway-quotas", seconds=settings.quota_seconds)
    access_log = AccessLog(recording, seconds=settings.record_seconds)
    rpc = AsyncRpc(settings.amqp_url.get_secret_value(), name="gateway")
    feed = LiveFeed(settings.amqp_url.get_secret_value())
    scim = SpeaksScim(
        provider(settings.scim_departments),
        origin=settings.origin,
        body_bytes=settings.body_bytes,
        body_seconds=settings.body_seconds,
    )
    live_updates = LiveUpdates(
        feed,
        most=settings.streams,
        most_each=settings.streams_each,
        seconds=settings.stream_seconds,
        stopping=stopping,
    )
    desk = desk_of(settings)
    signer = Signer(ISSUER_FOR_PEOPLE, settings.signing_key.get_secret_value())
    sweeping = {"file sweeper": Sweeper(desk, settings, rpc, signer).run} if desk else {}
    own = OwnTokens(settings.signing_key.get_secret_value())
    trusted[OWN_ISSUER.issuer] = (OWN_ISSUER, own.ring())
    verifier = Verifier(trusted, skew_seconds=settings.skew_seconds)
    callers = Callers(verifier, SqlDirectory(knowing), standings)
    seated = store(name="gateway-sessions")
    acting = store(name="gateway-acting")
    assertions = Assertions(SqlKnownClients(acting), (settings.origin, settings.origin + TOKEN))
    browsers = browsers_of(settings, seated, verifier, callers)
    if browsers is not None:
        changes.on_change(browsers.forget)
    leaving = {"session sweeper": browsers.keep_sweeping} if browsers else {}
    mint = Mint(signer)
    workshop = Workshop(desk, rpc, mint, signer, standings, access_log)
    tools = Tools(
        settings=settings,
        callers=SessionCallers(callers, browsers) if browsers else callers,
        mint=mint,
        rpc=rpc,
        record=access_log,
        speakers={"live_updates": live_updates, "scim": scim, **speakers_of(desk), **results_of(desk)},
        acting=Acting(SqlActing(acting), standings),
        doors={TOKEN: TokenDoor(assertions, own, callers, standings, access_log)}
        | (dict(Doors(browsers).all()) if browsers else {}),
        shared_quotas=SqlQuotas(counting),
    )
    return Wiring(
        tools,
        rpc,
        access_log,
        tuple(rings.values()),
        (recording, knowing, asking, counting, seated, acting),
        endless={
            "live feed": feed.run,
            "standing changes": changes.run,
            "quotas": tools.limiter.run,
            "jobs": workshop.run,
        }
        | sweeping
        | leaving,
    )
