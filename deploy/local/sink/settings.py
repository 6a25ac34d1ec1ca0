"""What the sink may be told, read from the environment once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.environment import SettingUnusable, instance_folder, instance_ports, whole_number
from deploy.local.loopback import is_loopback

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the sink listens, where it keeps things, and how much."""

    host: str
    smtp_port: int
    page_port: int
    spool_dir: Path
    keep_messages: int
    keep_bytes: int
    largest_message: int
    log_level: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this process; raises `SettingUnusable` on a value that means nothing or is not safe."""
        values = os.environ if environment is None else environment
        ports = instance_ports(values)
        host = values.get("SINK_HOST", "127.0.0.1")
        # A container's own address is reached only through what is published of it, and that is loopback's part.
        contained = values.get("SINK_CONTAINED", "") == "yes"
        if not (contained or is_loopback(host)):
            raise SettingUnusable(
                f"SINK_HOST is {host!r}, but the sink takes mail from anyone and shows it to anyone, so it listens "
                "only on loopback. Use 127.0.0.1; in a container that publishes it on loopback alone, say "
                "SINK_CONTAINED=yes."
            )
        return cls(
            host=host,
            smtp_port=whole_number(values, "SINK_SMTP_PORT", ports.of("sink-smtp")),
            page_port=whole_number(values, "SINK_PAGE_PORT", ports.of("sink-page")),
            spool_dir=Path(values.get("SINK_SPOOL_DIR", str(instance_folder(values) / "sink"))),
            keep_messages=whole_number(values, "SINK_KEEP_MESSAGES", 100_000),
            keep_bytes=whole_number(values, "SINK_KEEP_BYTES", 512 * MEBIBYTE),
            largest_message=whole_number(values, "SINK_LARGEST_MESSAGE", 10 * MEBIBYTE),
            log_level=values.get("SINK_LOG_LEVEL", "info").lower(),
        )
