"""The API: every route behind one endpoint, and the pages that explain them."""

from collections import defaultdict
from typing import Final
from uuid import UUID

from fastapi import FastAPI
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Route as Mounted

from services.gateway import pages, routes
from services.gateway.addresses import Addresses
from services.gateway.clients.token_door import TOKEN
from services.gateway.edge.bounds import Bounds, unknown_route
from services.gateway.edge.strict import StrictEdge
from services.gateway.endpoint import PathEndpoint, Tools
from services.gateway.limits.public import Public
from services.gateway.openapi import document
from services.gateway.route import Route, RouteIncomplete
from services.gateway.routes import scim
from services.gateway.scim.speaking import unknown_to_scim
from services.gateway.sessions.cross_origin import CrossOrigin
from services.gateway.sessions.doors import SIGNING_IN


class Id(Convertor[str]):
    """A UUID in its usual spelling; anything else is an unknown address."""

    regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def convert(self, value: str) -> str:
        """One spelling inside."""
        return value.lower()

    def to_string(self, value: str) -> str:
        """As it stands in an address."""
        return str(UUID(value))


class Word(Convertor[str]):
    """A code."""

    regex = "[a-z][a-z0-9_-]{0,63}"

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


class Number(Convertor[int]):
    """A whole number from 1."""

    regex = "[1-9][0-9]{0,8}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """In digits."""
        return str(value)


CONVERTORS: Final[dict[str, Convertor[str] | Convertor[int]]] = {"id": Id(), "code": Word(), "number": Number()}
for _name, _convertor in CONVERTORS.items():
    register_url_convertor(_name, _convertor)


def create_app(
    tools: Tools, table: tuple[Route, ...] = routes.ROUTES, foreign: tuple[Route, ...] = scim.ROUTES
) -> FastAPI:
    """The application; raises RouteIncomplete where a route declares too little. `foreign` ones are documented elsewhere."""
    routes.check(table)
    routes.check(foreign)
    if silent := {route.speaks for route in (*table, *foreign) if route.speaks} - tools.speakers.keys():
        raise RouteIncomplete(f"nobody speaks for {', '.join(sorted(silent))}: see processes/wiring.py")
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.openapi = document  # type: ignore[method-assign]
    by_path: dict[str, dict[str, Route]] = defaultdict(dict)
    for route in (*table, *foreign):
        by_path[route.path][route.method] = route
    known: dict[str, PathEndpoint | Public] = {
        path: PathEndpoint(methods, tools, table) for path, methods in by_path.items()
    }
    for path, page in pages.all_pages(docs=tools.settings.docs).items():
        known.setdefault(path, Public(page, tools.limiter))
    for path, door in tools.doors.items():
        known.setdefault(
            path, Public(door, tools.limiter, "sign_in" if path in SIGNING_IN or path == TOKEN else "read")
        )
    app.add_middleware(Addresses, known=known)
    app.router.routes.append(Mounted(f"{scim.BASE}/{{rest:path}}", Public(unknown_to_scim, tools.limiter)))
    app.router.default = Public(unknown_route, tools.limiter)
    settings = tools.settings
    app.add_middleware(
        Bounds, most=settings.in_flight, most_bodies=settings.bodies, most_bodies_each=settings.bodies_each
    )
    app.add_middleware(CrossOrigin, settings=settings)
    app.add_middleware(StrictEdge, settings=settings)  # the last one added is the first one asked
    return app
