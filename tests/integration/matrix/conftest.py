"""The house is furnished once: who looks at it changes nothing in it that anybody else would see."""

from collections.abc import Iterator

import pytest

from deploy.local.bringing_up import Servers
from tests.support.house import House
from tests.support.servers import fresh_databases


@pytest.fixture(scope="session")
def house(servers: Servers) -> Iterator[House]:
    """One of everything in every relation."""
    with fresh_databases(servers) as fresh:
        made = House(fresh)
        yield made
        made.close()
