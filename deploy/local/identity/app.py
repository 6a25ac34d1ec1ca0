"""The provider as a web application: its routes, and what holds for all of them."""

import time
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from deploy.local.identity.pages import make_pages
from deploy.local.identity.protocol import make_protocol
from deploy.local.identity.provider import Provider
from deploy.local.loopback import LOOPBACK_NAMES

MOST_BYTES = 64 * 1024
MACHINE_ROUTES = frozenset({"/token", "/revoke", "/userinfo", "/jwks", "/.well-known/openid-configuration"})
log = structlog.get_logger("identity")


def make_app(provider: Provider) -> Flask:
    """The whole provider, ready to be served."""
    app = Flask(__name__)
    # Another site's name pointed at this machine must not reach the provider, so only loopback names are answered.
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_PARTS=50, TRUSTED_HOSTS=[*LOOPBACK_NAMES, "[::1]"])
    app.register_blueprint(make_protocol(provider))
    app.register_blueprint(make_pages(provider))
    origins = frozenset().union(*(client.origins for client in provider.directory.clients.values()))
    app.before_request(_start_clock)
    app.after_request(_guard)
    app.after_request(lambda response: _open_to(origins, response))
    app.after_request(_note)
    app.register_error_handler(HTTPException, _problem)
    return app


def _start_clock() -> None:
    g.started = time.perf_counter()


def _guard(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


def _open_to(origins: frozenset[str], response: Response) -> Response:
    """Let the registered clients' own pages read what the protocol offers to machines; nobody else's."""
    if request.path in MACHINE_ROUTES:
        response.headers.add("Vary", "Origin")
        if request.origin in origins:
            response.headers["Access-Control-Allow-Origin"] = request.origin
            response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
    return response


def _note(response: Response) -> Response:
    """One line for each request: no query, no form, no names."""
    rule = request.url_rule.rule if request.url_rule else "unknown"
    took = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
    log.info("request", method=request.method, route=rule, status=response.status_code, took_ms=took)
    return response


def _problem(error: HTTPException) -> tuple[str | dict[str, str], HTTPStatus]:
    """Say what kind of problem it was, and never repeat what was sent."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if request.path in MACHINE_ROUTES:
        return {"error": "invalid_request", "error_description": status.phrase}, status
    return render_template("problem.html", title=status.phrase, detail=status.description), status
