"""What the cases service reads from its environment, under CASES_."""

from shared import settings


class Settings(settings.Settings):
    """Nothing of its own yet: what every process needs."""
