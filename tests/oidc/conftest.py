"""The issuers, one after the other, and gateways that trust them by settings alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.issuers import ISSUERS, RunningIssuer, why_not_independent
from tests.support.processes import free_port
from tests.support.relying import Relying

Start = Callable[[], RunningIssuer]


@contextmanager
def running(name: str, folder: Path) -> Iterator[RunningIssuer]:
    """An issuer of this kind that answers."""
    if name != "local" and (reason := why_not_independent()):
        pytest.skip(reason)
    issuer = ISSUERS[name](folder, f"http://127.0.0.1:{free_port()}")
    try:
        issuer.start()
        yield issuer
    finally:
        issuer.stop()


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
