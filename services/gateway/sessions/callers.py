"""Establishes who calls by the browser session where there is one, and by the token otherwise; never by both."""

from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import malformed
from services.gateway.identity.callers import Caller, Callers, unauthenticated
from services.gateway.sessions import cookies
from services.gateway.sessions.browsers import Browsers


class SessionCallers:
    """Those who come with a cookie, and everybody else."""

    def __init__(self, callers: Callers, browsers: Browsers) -> None:
        self._callers, self._browsers = callers, browsers

    async def identify(self, headers: Headers, *, traceparent: str, acts: bool = True) -> Caller:
        """Who calls; raises an unauthenticated problem where that cannot be established."""
        cookie = held(headers)
        if cookie is None:
            return await self._callers.identify(headers, traceparent=traceparent)
        if headers.repeated(b"authorization") or headers.one(b"authorization") is not None:
            raise malformed("Come with a session or with a token, not with both.", "two_identities")
        session = await self._browsers.of(cookie, traceparent=traceparent, acts=acts)
        issuer = None if session is None else self._browsers.issuer(session.issuer)
        if session is None or issuer is None:
            problem = unauthenticated(invalid=True)
            problem.headers = (*problem.headers, cookies.taken_back(cookies.SESSION))
            raise problem
        actor = await self._callers.stand(session.actor, issuer, session.identity)
        return Caller(actor.model_copy(update={"session": session.id}), issuer, by_session=True)


def held(headers: Headers) -> str | None:
    """The session cookie; raises an unauthenticated problem where it is not clear which one is ours."""
    try:
        return cookies.read(headers.one(b"cookie"), cookies.SESSION)
    except cookies.CookieAmbiguous:
        raise unauthenticated(invalid=True) from None
