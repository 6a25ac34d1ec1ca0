"""What the local identity provider may be told, read from the environment once.

A plain dataclass on purpose: the provider runs beside everything else on a small machine, and this costs no import.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.environment import SettingUnusable, instance_folder, instance_ports, whole_number

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
CONTACTS = "contacts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the provider and its token client need to know."""

    development: bool
    host: str
    port: int
    issuer: str
    audience: str
    gateway: str
    people: Path
    keys_dir: Path
    contacts: Path
    secrets_dir: Path
    codes_once: bool
    token_life: int
    rotate_after: int
    publish_retired_for: int
    log_level: str

    def client_keys(self, client_id: str) -> Path:
        """Where the public keys of a client are registered."""
        return self.keys_dir / "clients" / f"{client_id}.jwks.json"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this process; raises `SettingUnusable` on a value that means nothing."""
        values = os.environ if environment is None else environment
        ports = instance_ports(values)
        run_dir = instance_folder(values)
        host = values.get("IDENTITY_HOST", "127.0.0.1")
        port = whole_number(values, "IDENTITY_PORT", ports.of("identity"))
        keys_dir = Path(values.get("IDENTITY_KEYS_DIR", str(run_dir / "identity")))
        token_life = whole_number(values, "IDENTITY_TOKEN_LIFE_SECONDS", 10 * MINUTE)
        retired = whole_number(values, "IDENTITY_PUBLISH_RETIRED_SECONDS", max(HOUR, 2 * token_life))
        if retired < token_life:
            raise SettingUnusable(
                f"IDENTITY_PUBLISH_RETIRED_SECONDS is {retired}, less than a token's life of {token_life} seconds: "
                "tokens would outlive the key that proves them. Make it at least as long."
            )
        return cls(
            development=values.get("IDENTITY_DEVELOPMENT", "") == "yes",
            host=host,
            port=port,
            issuer=values.get("IDENTITY_ISSUER", f"http://{_in_url(host)}:{port}").rstrip("/"),
            audience=values.get("IDENTITY_AUDIENCE", "tellus"),
            gateway=values.get("IDENTITY_GATEWAY", f"http://127.0.0.1:{ports.of('gateway')}").rstrip("/"),
            people=Path(values.get("IDENTITY_PEOPLE", str(Path(__file__).with_name("people.yaml")))),
            keys_dir=keys_dir,
            contacts=Path(values.get("IDENTITY_CONTACTS", str(keys_dir / CONTACTS))),
            secrets_dir=Path(values.get("TELLUS_SECRETS_DIR", str(run_dir / "secrets"))),
            codes_once=values.get("IDENTITY_CODES_ONCE", "yes") == "yes",
            token_life=token_life,
            rotate_after=whole_number(values, "IDENTITY_ROTATE_AFTER_SECONDS", DAY),
            publish_retired_for=retired,
            log_level=values.get("IDENTITY_LOG_LEVEL", "info").lower(),
        )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
