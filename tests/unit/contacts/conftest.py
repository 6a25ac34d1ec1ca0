"""The contacts service's use cases over a store in memory."""

import pytest

from tests.support.contacts import Reception
from tests.support.contacts_in_memory import MemoryStore

pytest.register_assert_rewrite("tests.support.contacts_behaviour")


@pytest.fixture
def reception() -> Reception:
    """An empty store, and everybody who may come to it."""
    return Reception(MemoryStore())
