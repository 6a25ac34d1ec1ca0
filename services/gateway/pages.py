"""What anybody may read without signing in: the API's document, its page, and a page for every kind of problem."""

import html
import importlib.util
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import orjson
from starlette.types import Receive, Scope, Send

from services.gateway.edge.bounds import refuse
from services.gateway.edge.headers import SECURITY
from services.gateway.edge.problem import TYPES, Problem, ProblemType
from services.gateway.edge.responding import Answer, send_answer
from services.gateway.openapi import document
from shared.observability import tracing

ASSETS: Final = "fastapi_standalone_docs"
"""The package that carries Swagger UI, so that no page ever fetches from elsewhere. Only its files are used."""
_HTML: Final = b"text/html; charset=utf-8"
_AN_HOUR: Final = (b"cache-control", b"public, max-age=3600")
_DOCS_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PLAIN_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STYLE: Final = b"""
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1b1b1b; }
code { background: #eee; padding: 0 .3em; }
"""
_DOCS: Final = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tellus API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><noscript>This page needs JavaScript; the document is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<p id="who" style="font-family: sans-serif; text-align: right; margin: 1rem"></p>
<div id="api"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
_START: Final = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  persistAuthorization: false,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (request.method === "POST" && !request.headers["Idempotency-Key"]) {
      request.headers["Idempotency-Key"] = crypto.randomUUID();
    }
    if (request.headers["Authorization"]) {
      request.credentials = "omit";  /* a pasted token, or the session: never both */
    } else if (request.method !== "GET") {
      request.headers["Tellus-CSRF"] = "1";
    }
    return request;
  },
});
const who = document.getElementById("who");
const say = (text, link, go) => {
  const a = document.createElement("a");
  a.href = "/v1/session/login?return_to=/docs";
  a.textContent = link;
  if (go) { a.onclick = (event) => { event.preventDefault(); go(); }; }
  who.replaceChildren(text + " ", a);
};
const leave = async () => {
  const left = await fetch("/v1/session/logout", {method: "POST", headers: {"Tellus-CSRF": "1"}});
  const told = left.ok ? await left.json() : {};
  location.assign(told.end_session_url || "/docs");
};
fetch("/v1/me").then(async (reply) => {
  if (reply.ok) {
    const me = await reply.json();
    say("Signed in as " + me.roles.join(", ") + " of " + me.department + ".", "Sign out", leave);
  } else {
    say("Not signed in: paste a token under Authorize, or", "sign in");
  }
});
"""


class Page:
    """One file that never changes while the process runs."""

    def __init__(self, body: bytes, content_type: bytes, policy: bytes = _PLAIN_POLICY, status: int = 200) -> None:
        security = tuple((name, policy if name == b"content-security-policy" else value) for name, value in SECURITY)
        self._answer = Answer(status, body, content_type, headers=(_AN_HOUR,), security=security)

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """The file."""
        if scope["method"] not in {"GET", "HEAD"}:
            await refuse(scope, send, Problem("method_not_allowed", headers=((b"allow", b"GET, HEAD"),)))
            return
        trace = tracing.begin("page", kind="server")
        await send_answer(send, self._answer, trace.id, head=scope["method"] == "HEAD")
        trace.end()


@cache
def all_pages(*, docs: bool) -> Mapping[str, Page]:
    """Every page by its address; the interactive one only where it is wanted and its files are installed."""
    found = {
        "/openapi.json": Page(orjson.dumps(document()), b"application/json"),
        "/problems": Page(_listing(), _HTML),
        "/problems/style.css": Page(_STYLE, b"text/css"),
        **{f"/problems/{kind.slug}": Page(_explained(kind), _HTML) for kind in TYPES.values()},
    }
    files = _assets() if docs else None
    if files is not None:
        page = partial(Page, policy=_DOCS_POLICY)
        script = b"text/javascript; charset=utf-8"
        found |= {
            "/docs": page(_DOCS, _HTML),
            "/docs/start.js": page(_START, script),
            "/docs/swagger-ui-bundle.js": page((files / "swagger-ui-bundle.js").read_bytes(), script),
            "/docs/swagger-ui.css": page((files / "swagger-ui.css").read_bytes(), b"text/css"),
        }
    return found


def _assets() -> Path | None:
    found = importlib.util.find_spec(ASSETS)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) / "static" / "swagger" if places else None


def _listing() -> bytes:
    lines = (f'<li><a href="/problems/{k.slug}">{k.status}: {html.escape(k.title)}</a></li>' for k in TYPES.values())
    return _framed("Problems", f"<ul>{''.join(lines)}</ul>")


def _explained(kind: ProblemType) -> bytes:
    about = f"<p>Status <code>{kind.status}</code>.</p><p>{html.escape(kind.remedy)}</p>"
    return _framed(kind.title, f'{about}<p><a href="/problems">All problems</a></p>')


def _framed(title: str, content: str) -> bytes:
    head = (
        f'<meta charset="utf-8"><title>{html.escape(title)}</title><link rel="stylesheet" href="/problems/style.css">'
    )
    body = f"<h1>{html.escape(title)}</h1>{content}"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'.encode()
