"""What the local identity provider may be told, read from the environment once.

A plain dataclass on purpose: the provider runs beside everything else on a small machine, and this costs no import.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import Ports

DEFAULT_BASE_PORT = 18000
REPOSITORY = Path(__file__).resolve().parents[3]
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class SettingUnusable(ValueError):
    """A setting cannot be used; the message names it and says what to write instead."""


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
    secrets_dir: Path
    token_life: int
    rotate_after: int
    publish_retired_for: int
    log_level: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this process; raises `SettingUnusable` on a value that means nothing."""
        values = os.environ if environment is None else environment
        ports = Ports(_whole_number(values, "TELLUS_BASE_PORT", DEFAULT_BASE_PORT, least=1))
        run_dir = (REPOSITORY / values.get("TELLUS_RUN_DIR", ".run")).resolve()
        host = values.get("IDENTITY_HOST", "127.0.0.1")
        port = _whole_number(values, "IDENTITY_PORT", ports.of("identity"), least=1)
        token_life = _whole_number(values, "IDENTITY_TOKEN_LIFE_SECONDS", 10 * MINUTE, least=1)
        retired = _whole_number(values, "IDENTITY_PUBLISH_RETIRED_SECONDS", max(HOUR, 2 * token_life), least=1)
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
            keys_dir=Path(values.get("IDENTITY_KEYS_DIR", str(run_dir / "identity"))),
            secrets_dir=Path(values.get("TELLUS_SECRETS_DIR", str(run_dir / "secrets"))),
            token_life=token_life,
            rotate_after=_whole_number(values, "IDENTITY_ROTATE_AFTER_SECONDS", DAY, least=1),
            publish_retired_for=retired,
            log_level=values.get("IDENTITY_LOG_LEVEL", "info").lower(),
        )


def _whole_number(values: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = values.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise SettingUnusable(f"{name} is {text!r}; it must be a whole number of at least {least}.")
    return int(text)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
