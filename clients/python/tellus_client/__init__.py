"""A typed client of Tellus: `Tellus(httpx.Client(base_url=...), token)`, then one method for each operation."""

from . import models
from .asking import Refused
from .operations import Operations

__all__ = ["Refused", "Tellus", "models"]


class Tellus(Operations):
    """Everything that can be asked of a suite, as whoever the token names."""
