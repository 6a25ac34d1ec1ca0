"""What the contacts service reads from its environment, under CONTACTS_."""

from pydantic import Field

from shared import settings


class Settings(settings.Settings):
    phone_region: str = Field(default="GB", pattern="^[A-Z]{2}$", description="Where a number without a + belongs")
