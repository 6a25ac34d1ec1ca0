"""The one place where a local instance applies and checks the broker's topology."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx

from deploy.local.errors import LocalError
from deploy.local.places import Places
from deploy.local.settings import REPOSITORY
from shared.events.topology import Broker, ConflictingTopology, Topology

FILE: Final = REPOSITORY / "deploy" / "rabbitmq" / "topology.json"


class TopologyError(LocalError):
    """The broker could not be brought to the topology, or not be asked."""


def apply(places: Places) -> None:
    """The instance's virtual host has every exchange, queue, binding and policy."""
    apply_to(_address(places, "amqp"), _address(places, "management"))


def apply_to(amqp_url: str, management_url: str, file: Path = FILE) -> None:
    """A virtual host has every exchange, queue, binding and policy."""
    try:
        _broker(amqp_url, management_url).apply(Topology.load(file))
    except (ConflictingTopology, httpx.HTTPError) as error:
        raise TopologyError(f"The topology could not be applied: {error}") from error


def missing(places: Places) -> list[str]:
    """What the contracts call for and the instance's virtual host lacks or has otherwise."""
    try:
        return _broker(_address(places, "amqp"), _address(places, "management")).differences(Topology.load(FILE))
    except httpx.HTTPError as error:
        raise TopologyError(f"The broker could not be asked: {error}") from error


def _broker(amqp_url: str, management_url: str) -> Broker:
    return Broker(management_url, unquote(urlsplit(amqp_url).path.removeprefix("/")))


def _address(places: Places, kind: str) -> str:
    return (places.secrets / f"tellus_{kind}_url").read_text(encoding="utf-8").strip()
