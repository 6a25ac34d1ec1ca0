"""What the audit service reads from its environment, under AUDIT_."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared import settings


class Settings(settings.Settings):
    """Of the process that answers calls."""


class SequencerSettings(Settings):
    """Of the one process that adds entries."""

    sequencer_database_url: SecretStr = Field(description="The log's store, as a role that can only add")
    batch: int = Field(default=256, ge=1, le=2_000, description="Entries in one transaction at most")
    batch_seconds: float = Field(default=0.15, gt=0, description="How long an event waits for others at most")


class PublisherSettings(Settings):
    """Of the one process that signs."""

    publisher_database_url: SecretStr = Field(
        description="The log's store, as a role that reads it and adds checkpoints"
    )
    log_key: SecretStr = Field(description="The key that signs checkpoints (C2SP signer key)")
    state_dir: Path = Field(description="Where the last signed size and root are kept, outside the database")
    sign_seconds: float = Field(default=0.5, gt=0, description="How often growth is looked for")
