"""Who can sign in here, as the file of people tells it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.local.identity.client_keys import make_client_key
from deploy.local.identity.clients import Client
from deploy.local.identity.passwords import client_secret
from deploy.local.identity.settings import Settings

ROLES = frozenset({
    "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
    "records_officer", "privacy_officer", "security_officer", "auditor", "administrator", "migration", "citizen",
    "system",
})  # fmt: skip


GATEWAY = "tellus-gateway"


class PeopleUnusable(ValueError):
    """The file of people cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A made-up person. The name is the subject of their tokens, and all that tokens say of who they are."""

    name: str
    roles: tuple[str, ...]
    department: str
    about: str
    email: str | None = None
    """By which the contact is found that this person is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everyone who can sign in and every client that may ask."""

    people: dict[str, Person]
    clients: dict[str, Client]


def read_directory(settings: Settings) -> Directory:
    """The people and clients of the settings' file, with the secrets that belong to the clients."""
    content = _mapping(settings.people)
    people = {entry["name"]: _person(settings.people, entry) for entry in content["people"]}
    clients = {entry["id"]: _client(settings, entry) for entry in content["clients"]}
    return Directory(people=people, clients=clients)


def _mapping(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        names = [entry["name"] for entry in content["people"]] + [entry["id"] for entry in content["clients"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise PeopleUnusable(
            f"{path}: expected lists `people` (each with a name) and `clients` (each with an id); {error}"
        ) from error
    if len(names) != len(set(names)):
        raise PeopleUnusable(f"{path}: the same name is used twice; a token's subject must mean one actor.")
    return dict(content)


def _person(path: Path, entry: dict[str, Any]) -> Person:
    return Person(
        name=entry["name"],
        roles=_known_roles(path, entry["name"], entry.get("roles", [])),
        department=_department(path, entry["name"], entry),
        about=entry.get("about", ""),
        email=entry.get("email"),
    )


def _client(settings: Settings, entry: dict[str, Any]) -> Client:
    own = "client_credentials" in entry["grants"]
    confidential = own or "refresh_token" in entry["grants"]
    if confidential:
        make_client_key(client_key_file(settings, entry["id"]), settings.client_keys(entry["id"]))
    return Client(
        id=entry["id"],
        grants=tuple(entry["grants"]),
        redirect_uris=_addresses(settings, entry, "redirect_uris"),
        post_logout_redirect_uris=_addresses(settings, entry, "post_logout_redirect_uris"),
        roles=_known_roles(settings.people, entry["id"], entry["roles"]) if own else (),
        department=_department(settings.people, entry["id"], entry) if own else "",
        secret=client_secret(settings.secrets_dir, entry["id"]) if confidential else None,
        key_set=settings.client_keys(entry["id"]) if confidential else None,
        backchannel_logout_uri=entry.get("backchannel_logout_uri", "").replace("{gateway}", settings.gateway),
    )


def client_key_file(settings: Settings, client_id: str) -> Path:
    """Where a confidential client of this machine keeps its private key; the gateway's is one of its settings."""
    name = "gateway_client_key" if client_id == GATEWAY else f"identity_client_{client_id}_key"
    return settings.secrets_dir / name


def _addresses(settings: Settings, entry: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(address.replace("{gateway}", settings.gateway) for address in entry.get(key, ()))


def _known_roles(path: Path, name: str, roles: list[str]) -> tuple[str, ...]:
    unknown = sorted(set(roles) - ROLES)
    if unknown or not roles:
        raise PeopleUnusable(f"{path}: {name} has the roles {roles}; expected some of {', '.join(sorted(ROLES))}.")
    return tuple(roles)


def _department(path: Path, name: str, entry: dict[str, Any]) -> str:
    if not entry.get("department"):
        raise PeopleUnusable(f"{path}: {name} has no department; write a code such as city.permits.")
    return str(entry["department"])
