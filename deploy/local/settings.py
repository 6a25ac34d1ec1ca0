"""The two choices a local instance has: which folder it lives in and which ports it takes."""

from pathlib import Path
from typing import Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.local.ports import HIGHEST_OFFSET

REPOSITORY: Final = Path(__file__).resolve().parents[2]
_LOWEST_PORT: Final = 1024
_HIGHEST_PORT: Final = 65535 - HIGHEST_OFFSET


class LocalSettings(BaseSettings):
    """Read from TELLUS_RUN_DIR and TELLUS_BASE_PORT."""

    model_config = SettingsConfigDict(env_prefix="TELLUS_", extra="ignore")

    run_dir: Path = Field(default=Path(".run"), description="Folder of this instance; relative to the repository.")
    base_port: int = Field(
        default=18000, ge=_LOWEST_PORT, le=_HIGHEST_PORT, description="First port of this instance; best below 32768."
    )

    @field_validator("run_dir")
    @classmethod
    def _anchor(cls, value: Path) -> Path:
        """The same instance is meant wherever in the repository the command is given."""
        return (REPOSITORY / value).resolve()
