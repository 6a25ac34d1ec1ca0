"""What the operator asks of the directory, through the gateway; people are named by user name or by id."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from tellus.gateway import Gateway

Json = Mapping[str, Any]
PAGE = 100


class NobodyKnown(Exception):
    """The directory knows nobody of this name whom you may know of."""


async def every(gateway: Gateway, path: str, **terms: str | int | None) -> list[Json]:
    """All pages of a list."""
    found: list[Json] = []
    asked = {name: value for name, value in terms.items() if value is not None} | {"limit": PAGE}
    while True:
        page = await gateway.get(path, **asked)
        found += page["items"]
        if page["next"] is None:
            return found
        asked["cursor"] = page["next"]


async def known(gateway: Gateway, named: str) -> Json:
    """One member of staff; raises NobodyKnown."""
    if (id := id_in(named)) is not None:
        found: Json = await gateway.get(f"/v1/staff/{id}")
        return found
    where = [{"conditions": [{"field": "user_name", "operator": "eq", "value": named}]}]
    page = await gateway.post("/v1/staff/search", {"where": where, "limit": 1}, key=str(uuid4()))
    if not page["items"]:
        raise NobodyKnown(f"Nobody called {named} is in the directory: 'tellus staff list' shows who is.")
    one: Json = page["items"][0]
    return one


async def do(gateway: Gateway, path: str, body: Mapping[str, Any]) -> Json:
    """One change; what is None is left out."""
    said = {name: value for name, value in body.items() if value is not None}
    done: Json = await gateway.post(path, said, key=str(uuid4()))
    return done


def id_in(named: str) -> UUID | None:
    """The id that somebody is named by, where it is one."""
    try:
        return UUID(named)
    except ValueError:
        return None
