"""Fetches an issuer's keys over HTTP: a small document, in a short time, from exactly where it was said to be."""

import asyncio
from typing import Final

import httpx

from services.gateway.edge import strict_json
from services.gateway.settings import Issuer

LARGEST_DOCUMENT: Final = 131_072
SECONDS: Final = 4.0


class IssuerAnswerUnusable(Exception):
    """The issuer answered, but not with what was asked for."""


async def fetch_keys(issuer: Issuer) -> bytes:
    """The issuer's JWKS as sent; where its address is not configured, discovery tells it."""
    # no proxy and no credentials that the environment happens to name: exactly where it was said to be
    asking = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False)
    async with asyncio.timeout(SECONDS * 2), asking as client:
        return await _get(client, issuer.jwks_uri or await _discover(client, issuer))


async def _discover(client: httpx.AsyncClient, issuer: Issuer) -> str:
    raw = await _get(client, issuer.discovery)
    document = strict_json.loads(raw)
    if not isinstance(document, dict) or document.get("issuer") != issuer.issuer:
        raise IssuerAnswerUnusable("the discovery document speaks for another issuer")
    address = document.get("jwks_uri")
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        raise IssuerAnswerUnusable("the discovery document names no keys")
    if issuer.issuer.startswith("https://") and not address.startswith("https://"):
        raise IssuerAnswerUnusable("the keys of an issuer on https are not fetched without it")
    return address


async def _get(client: httpx.AsyncClient, address: str) -> bytes:
    async with client.stream("GET", address, headers={"accept": "application/json"}) as response:
        if response.status_code != httpx.codes.OK:
            raise IssuerAnswerUnusable(f"status {response.status_code}")
        chunks, size = [], 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > LARGEST_DOCUMENT:
                raise IssuerAnswerUnusable("the document is too large")
            chunks.append(chunk)
        return b"".join(chunks)
