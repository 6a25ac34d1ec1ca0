"""One whole suite for all these tests, with the rules and letters of the demonstration in it."""

from collections.abc import Iterator

import pytest

from deploy.local.bringing_up import Servers
from tests.support.storytelling import tell
from tests.support.whole_suite import WholeSuite, of_the_test_instance, running


@pytest.fixture(scope="session")
def suite(servers: Servers) -> Iterator[WholeSuite]:
    """Everything runs and is ready, and the story was told once."""
    del servers  # PostgreSQL and RabbitMQ run
    with running(of_the_test_instance()) as found:
        told = tell(found)
        assert told.returncode == 0, told.stdout + told.stderr
        yield found
