"""Brings the stores to their newest schema and the broker to its topology: `python -m deploy.compose.setup`.

The one-shot job of a deployment, run before anything else starts; again is safe and fast.
"""

import sys
from pathlib import Path
from typing import Final

from deploy.local.steps import Steps
from deploy.local.suite import SERVICES
from deploy.local.topology import apply_to
from shared.persistence.migrating import upgrade

SECRETS: Final = Path("/run/secrets")


def set_up(secrets: Path, steps: Steps) -> None:
    """Every store is migrated, each as its owner, and everything that is published has a queue to go to."""
    for service in SERVICES:
        with steps.step(f"Migrate {service}") as note:
            note.text = f"at {upgrade(service, _secret(secrets, f'{service}_owner_database_url'))}"
    with steps.step("Exchanges, queues, bindings and policies"):
        apply_to(_secret(secrets, "tellus_amqp_url"), _secret(secrets, "tellus_management_url"))


def _secret(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        sys.exit(f"The secret {name} cannot be read: {error.strerror}. Was deploy/compose/make-secrets run?")


if __name__ == "__main__":
    set_up(SECRETS, Steps())
