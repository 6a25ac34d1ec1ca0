"""The one place where a local instance applies and checks the broker's topology."""

import importlib.util
from typing import Final

from deploy.local.places import Places

_MODULE: Final = "shared.events.topology"


def known() -> bool:
    """Whether this checkout has a topology to apply."""
    return importlib.util.find_spec(_MODULE) is not None
