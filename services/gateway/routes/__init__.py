"""Every route of the API."""

from typing import Final

from services.gateway.route import Route, RouteIncomplete
from services.gateway.routes import (
    acting,
    audit,
    cases,
    clients,
    contacts,
    directory,
    jobs,
    me,
    notifications,
    purposes,
    sessions,
    streams,
    uploads,
)

ROUTES: Final[tuple[Route, ...]] = (
    *contacts.ROUTES,
    *cases.ROUTES,
    *notifications.ROUTES,
    *audit.ROUTES,
    *directory.ROUTES,
    *clients.ROUTES,
    *acting.ROUTES,
    *me.ROUTES,
    *purposes.ROUTES,
    *sessions.ROUTES,
    *streams.ROUTES,
    *uploads.ROUTES,
    *jobs.ROUTES,
)


def check(routes: tuple[Route, ...] = ROUTES) -> None:
    """Raises RouteIncomplete where a route declares too little, or two are one."""
    seen: set[tuple[str, str]] = set()
    for route in routes:
        route.check()
        if (route.method, route.path) in seen:
            raise RouteIncomplete(f"{route.method} {route.path} stands there twice")
        seen.add((route.method, route.path))
