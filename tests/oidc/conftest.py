"""The issuers, one after the other, and gateways that trust them by settings alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.issuers import ISSUERS, RunningIssuer, running
from tests.support.relying import Relying


@pytest.fixture(scope="session", params=list(ISSUERS))
def issuer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningIssuer]:
    """One that many tests share: leave it as it is."""
    with running(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found


@pytest.fixture(params=list(ISSUERS))
def own_issuer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningIssuer]:
    """One that a test may rotate, stop and start."""
    with running(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def relying(issuer: RunningIssuer) -> Relying:
    """A client with a fresh browser."""
    return Relying(issuer)
