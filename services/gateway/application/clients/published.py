"""How systems look from outside: views for callers, events for subscribers, resources for policies."""

from services.gateway.domain.client import Client
from shared.authz.model import Resource
from shared.contracts.actor import Actor
from shared.contracts.gateway.client_events import ClientChanged, ClientRegistered
from shared.contracts.gateway.clients import ClientKeyView, ClientView

READING = frozenset(("contacts_read", "cases_read", "messages_read", "record_read"))
"""Scopes that change nothing."""


def as_resource(client: Client, actor: Actor) -> Resource:
    """A system, as policies see it when this actor asks."""
    return resource(client.department, own=client.owner == actor.id, scopes=client.scopes, id=str(client.id))


def resource(department: str, *, own: bool, scopes: tuple[str, ...], id: str = "any") -> Resource:
    """Some system of a department: the asker's own or another's, which only reads or also writes."""
    return Resource("Client", id, department, {"own": own, "reads": READING.issuperset(scopes)})


def as_view(client: Client) -> ClientView:
    """A system, as callers see it: nothing of it is secret but the private keys, which are not here."""
    return ClientView(
        id=client.id,
        name=client.name,
        owner=client.owner,
        department=client.department,
        purpose=client.purpose,
        scopes=client.scopes,
        active=client.active,
        expires_at=client.expires_at,
        keys=tuple(ClientKeyView(kid=k.kid, added_at=k.added_at, expires_at=k.expires_at) for k in client.keys),
        version=client.version,
        registered_at=client.registered_at,
        changed_at=client.changed_at,
        last_used_at=client.last_used_at,
    )


def registered(client: Client) -> ClientRegistered:
    """That there is a new one."""
    return ClientRegistered(
        subject=client.id,
        subject_version=client.version,
        owner=client.owner,
        purpose=client.purpose,
        scopes=client.scopes,
    )


def changed(client: Client, reason: str | None = None) -> ClientChanged:
    """That something about it changed, and what."""
    return ClientChanged(
        subject=client.id,
        subject_version=client.version,
        fields=tuple(sorted(set(client.changes))),
        scopes=client.scopes,
        active=client.active,
        reason=reason,
    )
