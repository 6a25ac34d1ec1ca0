"""Settings: read once, from the environment under a service's prefix, secrets from files, refused with the reason."""

import os
import sys
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS_DIRECTORY = "TELLUS_SECRETS_DIR"


class Settings(BaseSettings):
    """What every process needs. A field `x` of prefix `CASES_` is `CASES_X`, or the file `cases_x` among the secrets."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: SecretStr = Field(description="PostgreSQL, as postgresql://user:password@host:port/name")
    amqp_url: SecretStr = Field(description="RabbitMQ, as amqp://user:password@host:port/vhost")
    management_url: SecretStr | None = Field(default=None, description="RabbitMQ's management API, with credentials")
    topology: Path = Field(default=Path("deploy/rabbitmq/topology.json"), description="Every exchange, queue, binding")
    transaction_keys: Path = Field(description="Public keys (JWKS) that transaction tokens may be signed with")
    signing_key: SecretStr | None = Field(default=None, description="This service's own private key (JWK)")
    health_host: str = "127.0.0.1"
    health_port: int = Field(
        default=0, ge=0, lt=65536, description="Where health and metrics are served; 0 means nowhere"
    )
    otlp_endpoint: str | None = Field(default=None, description="OpenTelemetry collector, OTLP over HTTP")
    log_level: str = "INFO"
    workers: int = Field(default=8, ge=1, le=200, description="Requests or messages handled at once")
    grace_seconds: float = Field(default=20.0, gt=0, description="How long a stop may take before it is forced")
    statement_timeout_ms: int = Field(default=5_000, gt=0)


S = TypeVar("S", bound=BaseSettings)


def read(settings: type[S], prefix: str, **overrides: Any) -> S:
    """The settings under `prefix`, or SystemExit naming each that is missing or wrong (never its value)."""
    folder = os.environ.get(SECRETS_DIRECTORY)
    try:
        return settings(_env_prefix=f"{prefix.upper()}_", _secrets_dir=folder, **overrides)
    except ValidationError as error:
        lines = [f"  {prefix.upper()}_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        sys.exit("Settings are missing or wrong:\n" + "\n".join(lines))
