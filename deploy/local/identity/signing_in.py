"""The authorization endpoint: a client asks, a person proves who they are, a code goes back."""

from http import HTTPStatus
from typing import Any, cast

from authlib.oauth2 import OAuth2Error
from flask import Response, make_response, render_template, request

from deploy.local.identity import asked
from deploy.local.identity.cookies import BROWSER_COOKIE, SESSION_COOKIE, keep_session
from deploy.local.identity.forms import Forms
from deploy.local.identity.levels import reaches
from deploy.local.identity.passwords import same
from deploy.local.identity.people import Person
from deploy.local.identity.provider import Provider
from deploy.local.identity.sessions import SESSION_LIFE, SignedIn
from deploy.local.identity.showing import Showing, purpose_of_code

LONGEST_QUERY = 4096
WRONG = "The name and the password do not belong together. Check both and try again."
WRONG_CODE = "That is not the code of now, or it was used already. Wait for the next one and try again."
STALE = "This page was open for too long, or cookies are off. Sign in again on this fresh page."


class SigningIn:
    """Shows the pages that it must, and answers the client when it can."""

    def __init__(self, provider: Provider, forms: Forms) -> None:
        self._provider = provider
        self._forms = forms
        self._show = Showing(provider, forms)

    def ask(self) -> Response:
        """GET: straight back with a code where someone is known well enough, otherwise the page that asks for more."""
        session = request.cookies.get(SESSION_COOKIE, "")
        signed_in = self._provider.sessions.find(session, not_older_than=asked.longest_ago())
        enough = signed_in is not None and reaches(signed_in.acr, asked.level())
        grant = self._grant(signed_in if enough or not asked.silently() else None)
        if isinstance(grant, Response):
            return grant
        if signed_in is None or grant.prompt:
            return self._show.password(grant)
        return self._code(grant, signed_in) if enough else self._show.code(grant, signed_in, session)

    def answer(self) -> Response:
        """POST: the form of one of the pages."""
        grant = self._grant(None)
        if isinstance(grant, Response):
            return grant
        return self._answer_code(grant) if "one_time_code" in request.form else self._answer_password(grant)

    def _answer_password(self, grant: Any) -> Response:
        if not self._genuine(request.query_string):
            return self._show.password(grant, problem=STALE, status=HTTPStatus.FORBIDDEN)
        person = self._proven(request.form.get("person", ""), request.form.get("password", ""))
        if person is None:
            return self._show.password(grant, problem=WRONG, status=HTTPStatus.UNAUTHORIZED)
        # A new id at every sign-in: one that was planted beforehand opens nothing.
        session, signed_in = self._provider.sessions.open(person, instead_of=request.cookies.get(SESSION_COOKIE))
        if reaches(signed_in.acr, asked.level()):
            response = self._code(grant, signed_in)
        else:
            response = self._show.code(grant, signed_in, session)
        keep_session(response, session, seconds=SESSION_LIFE)
        return response

    def _answer_code(self, grant: Any) -> Response:
        sessions, session = self._provider.sessions, request.cookies.get(SESSION_COOKIE, "")
        signed_in = sessions.find(session)
        if signed_in is None or not self._genuine(purpose_of_code(session)):
            return self._show.password(grant, problem=STALE, status=HTTPStatus.FORBIDDEN)
        if not self._provider.one_time_codes.proves(signed_in.person.name, request.form["one_time_code"].strip()):
            sessions.fail_code(session)
            return self._show.code(grant, signed_in, session, problem=WRONG_CODE, status=HTTPStatus.UNAUTHORIZED)
        proven = sessions.prove_more(session)
        if proven is None:
            return self._show.password(grant, problem=STALE, status=HTTPStatus.FORBIDDEN)
        renewed, signed_in = proven
        response = self._code(grant, signed_in)
        keep_session(response, renewed, seconds=SESSION_LIFE)
        return response

    def _genuine(self, purpose: bytes) -> bool:
        return self._forms.genuine(request.cookies.get(BROWSER_COOKIE), purpose, request.form.get("mark", ""))

    def _grant(self, signed_in: SignedIn | None) -> Any:
        if len(request.query_string) > LONGEST_QUERY:
            return _refused_here(HTTPStatus.REQUEST_URI_TOO_LONG)
        try:
            return self._provider.server.get_consent_grant(end_user=signed_in)
        except OAuth2Error as error:
            if not error.redirect_uri:
                # Nobody has shown that the address is the client's: say it to the person, and go nowhere.
                return _refused_here(HTTPStatus.BAD_REQUEST)
            refusal = cast("Response", self._provider.server.handle_error_response(None, error))
            self._provider.named_issuer.add_issuer_parameter(self._provider.server, refusal)
            return refusal

    def _code(self, grant: Any, signed_in: SignedIn) -> Response:
        server = self._provider.server
        return cast("Response", server.create_authorization_response(grant=grant, grant_user=signed_in))

    def _proven(self, name: str, password: str) -> Person | None:
        # The password is compared for unknown names too: the time taken tells nothing.
        right = same(password, self._provider.password)
        person = self._provider.directory.people.get(name)
        return person if right else None


def _refused_here(status: HTTPStatus) -> Response:
    detail = (
        "The page that sent you here asked for something that cannot be given: its client is unknown, or the address "
        "to return to is not exactly one that the client registered. Nothing was sent anywhere."
    )
    return make_response(
        render_template("problem.html", title="This request cannot be answered", detail=detail), status
    )
