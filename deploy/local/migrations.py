"""Brings the databases of an instance to their newest revision, each as its owner."""

from collections.abc import Iterable
from contextlib import chdir

from deploy.local.databases import address_of
from deploy.local.errors import LocalError
from deploy.local.places import Places
from deploy.local.settings import REPOSITORY
from deploy.local.suite import SERVICES
from shared.persistence.migrating import upgrade


class MigrationError(LocalError):
    """A service has no migrations, or one of them failed."""


def migratable() -> list[str]:
    """The services of this checkout that have a history of migrations."""
    return [service for service in SERVICES if (REPOSITORY / "services" / service / "migrations" / "env.py").exists()]


def migrate(places: Places, services: Iterable[str]) -> dict[str, str]:
    """Each service's database is at its newest revision; returns which."""
    return {service: _migrate(places, service) for service in services}


def _migrate(places: Places, service: str) -> str:
    if service not in migratable():
        raise MigrationError(
            f"{service} has no migrations; those with migrations are {', '.join(migratable()) or 'none'}."
        )
    with chdir(REPOSITORY):  # histories are found by their path in the repository
        return upgrade(service, address_of(places, f"{service}_owner"))
