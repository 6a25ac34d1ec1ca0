"""Every test carries the name of its folder as a marker, and finds the fixtures that folders share."""

from pathlib import Path
from typing import Final

import pytest

pytest_plugins = ["tests.support.servers", "tests.support.processes"]

TESTS: Final = Path(__file__).parent
_WHAT_IT_NEEDS: Final = {
    "unit": "nothing: no socket, no file but its own",
    "contract": "the published language, compared with its golden files",
    "architecture": "the source itself",
    "integration": "the test instance's PostgreSQL or RabbitMQ",
    "oidc": "the test instance; Node 20 for the issuer that is not ours",
    "e2e": "the whole suite",
    "chaos": "the whole suite, which it kills piece by piece",
    "performance": "the whole suite and some quiet",
}


def pytest_configure(config: pytest.Config) -> None:
    """The folders are the only markers."""
    for folder, needs in _WHAT_IT_NEEDS.items():
        config.addinivalue_line("markers", f"{folder}: needs {needs}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m unit` means the tests in tests/unit."""
    for item in items:
        if item.path.is_relative_to(TESTS):
            item.add_marker(item.path.relative_to(TESTS).parts[0])
