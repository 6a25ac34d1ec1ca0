"""What the notifications processes read from their environment, under NOTIFICATIONS_."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, model_validator

from shared import settings

AddressText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")]
Domain = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")]
Starttls = Literal["required", "never"]


class Settings(settings.Settings):
    """What every notifications process needs."""


class SenderSettings(Settings):
    """What the sender needs besides."""

    signing_key: SecretStr = Field(description="The service's private key (JWK): it asks contacts as itself")
    smtp_host: str
    smtp_port: int = Field(default=25, gt=0, lt=65536)
    smtp_starttls: Starttls | None = Field(default=None, description="`required` but towards this machine itself")
    smtp_implicit_tls: bool = Field(default=False, description="TLS from the first byte (port 465)")
    smtp_ca_file: Path | None = Field(default=None, description="Whom to trust for the server's certificate")
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: float = Field(default=20.0, gt=0, description="For each answer of the server")
    conversation_seconds: float = Field(default=60.0, gt=0, description="For one mail; then it is broken off")
    from_address: AddressText
    from_name: str = Field(default="", max_length=100, pattern=r"^[^\r\n]*$")
    domain: Domain | None = Field(default=None, description="Of our Message-IDs; the From address's where absent")
    lease_seconds: float = Field(default=90.0, gt=0, description="After which a silent sender is given up on")
    retry_first_seconds: float = Field(default=5.0, gt=0)
    retry_longest_seconds: float = Field(default=900.0, gt=0)
    unreadable_tries: int = Field(default=12, gt=0, description="For a contact that cannot be read; then it is told")
    poll_seconds: float = Field(default=0.5, gt=0)

    @model_validator(mode="after")
    def _a_lease_outlives_a_conversation(self) -> "SenderSettings":
        if self.lease_seconds <= self.conversation_seconds:
            raise ValueError("lease_seconds must be longer than conversation_seconds")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("smtp_user and smtp_password come together or not at all")
        return self

    @property
    def message_domain(self) -> str:
        """The domain of our Message-IDs."""
        return self.domain or self.from_address.rpartition("@")[2]

    @property
    def smtp_tls(self) -> Literal["never", "starttls", "implicit"]:
        """How mail is encrypted on its way."""
        if self.smtp_implicit_tls:
            return "implicit"
        wanted = self.smtp_starttls or ("never" if _this_machine(self.smtp_host) else "required")
        return "starttls" if wanted == "required" else "never"


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
