"""Makes every secret of the compose suite, one file each: `python -m deploy.compose.make_secrets FOLDER`.

What exists is kept, so again changes nothing. The folder is its owner's alone; the files in it can be read by the
accounts that containers run as, because compose mounts them as they are.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy.compose.broker_definitions import definitions
from deploy.local.databases import database_of, role_password, roles_of
from deploy.local.identity.client_keys import make_client_key
from deploy.local.keys import (
    make_audit_log_key,
    make_gateway_session_key,
    make_gateway_storage_keys,
    make_transaction_keys,
)
from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.private_files import password, write_private
from deploy.local.suite import SERVICES

ADMINISTRATOR: Final = "tellus"
SYSTEMS: Final = ("payments_system", "address_register_system", "parks_portal", "hr_scim")


def make_secrets(folder: Path) -> list[str]:
    """Every secret is there; returns their names."""
    places = Places(folder.resolve(), Ports(1024))
    for inner in (places.run_dir, places.secrets, places.keys):
        inner.mkdir(parents=True, exist_ok=True)
        inner.chmod(0o700)
    for name, text in (*_of_postgres(places), *_of_rabbitmq(places)):
        write_private(places.secrets / name, text)
    make_transaction_keys(places)
    make_audit_log_key(places)
    make_gateway_session_key(places)
    make_gateway_storage_keys(places)
    public = (places.keys / "transaction.jwks.json").read_text(encoding="utf-8")
    write_private(places.secrets / "transaction_keys.json", public)
    password(places.secrets / "keycloak_admin_password")
    make_client_key(places.secrets / "gateway_client_key", places.secrets / "tellus_gateway_jwks.json")
    for name in SYSTEMS:
        make_client_key(places.secrets / f"{name}_key", places.secrets / f"{name}_jwks.json")
    made = sorted(places.secrets.iterdir())
    for file in made:
        file.chmod(0o444)
    return [file.name for file in made]


def _of_postgres(places: Places) -> Iterator[tuple[str, str]]:
    password(places.secrets / "postgres_password")
    words = {role: role_password(places, role) for service in SERVICES for role in roles_of(service)}
    yield "postgres_roles.env", "".join(f"{role.upper()}_PASSWORD={word}\n" for role, word in words.items())
    for service in SERVICES:
        for role in roles_of(service):
            address = f"postgresql+psycopg://{role}:{words[role]}@postgres:5432/{database_of(service)}"
            yield f"{role}_database_url", address


def _of_rabbitmq(places: Places) -> Iterator[tuple[str, str]]:
    words = {user: password(places.secrets / f"{user}_amqp_password") for user in (ADMINISTRATOR, *SERVICES)}
    yield "rabbitmq_definitions.json", definitions(words, administrator=ADMINISTRATOR)
    for user, word in words.items():
        yield f"{user}_amqp_url", f"amqp://{user}:{word}@rabbitmq:5672/tellus"
        yield f"{user}_management_url", f"http://{user}:{word}@rabbitmq:15672"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.stderr.write(f"{len(make_secrets(folder))} secrets are in {folder / 'secrets'}.\n")
