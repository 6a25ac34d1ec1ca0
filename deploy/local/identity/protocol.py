"""The routes that programs use: discovery, keys, tokens, user information, health."""

from http import HTTPStatus
from typing import cast

from flask import Blueprint, Response, jsonify, request

from deploy.local.identity.access_tokens import TokenRefused
from deploy.local.identity.discovery import discovery_document
from deploy.local.identity.provider import Provider
from deploy.local.identity.revocation import Revocation

KEYS_MAY_BE_KEPT = "public, max-age=60"


def make_protocol(provider: Provider) -> Blueprint:
    """What OpenID Connect and OAuth promise to machines."""
    routes = Blueprint("protocol", __name__)

    @routes.get("/.well-known/openid-configuration")
    @routes.get("/.well-known/oauth-authorization-server")
    def discovery() -> Response:
        return _kept(jsonify(discovery_document(provider.settings.issuer)))

    @routes.get("/jwks")
    def jwks() -> Response:
        return _kept(jsonify(provider.keys.published()))

    @routes.post("/token")
    def token() -> Response | tuple[Response, int]:
        return _refusal() or cast("Response", provider.server.create_token_response())

    @routes.post("/revoke")
    def revoke() -> Response | tuple[Response, int]:
        return _refusal() or cast("Response", provider.server.create_endpoint_response(Revocation.ENDPOINT_NAME))

    @routes.get("/userinfo")
    @routes.post("/userinfo")
    def userinfo() -> Response:
        return _userinfo(provider)

    @routes.get("/healthz")
    @routes.get("/readyz")
    def health() -> Response:
        return jsonify(status="ok")

    return routes


def _refusal() -> tuple[Response, int] | None:
    problem = ""
    # Secrets and codes in an address end up in logs and histories.
    if request.query_string or any(len(values) > 1 for _, values in request.form.lists()):
        problem = "Send each parameter once, in the body."
    elif "client_assertion" in request.form and (request.authorization or "client_secret" in request.form):
        problem = "Prove who you are in one way, not in two."
    if not problem:
        return None
    return jsonify(error="invalid_request", error_description=problem), HTTPStatus.BAD_REQUEST


def _userinfo(provider: Provider) -> Response:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return _challenge(HTTPStatus.UNAUTHORIZED, "")
    try:
        claims = provider.own_tokens.claims(token.strip())
    except TokenRefused:
        return _challenge(HTTPStatus.UNAUTHORIZED, ' error="invalid_token"')
    if "openid" not in str(claims.get("scope", "")).split():
        return _challenge(HTTPStatus.FORBIDDEN, ' error="insufficient_scope", scope="openid"')
    return jsonify({name: claims[name] for name in ("sub", "roles", "department")})


def _challenge(status: HTTPStatus, error: str) -> Response:
    return Response(status=status, headers={"WWW-Authenticate": f"Bearer{error}"})


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = KEYS_MAY_BE_KEPT
    return response
