"""A provider without a socket, and a browser and a client that talk to it."""

from pathlib import Path

import pytest

from deploy.local.identity.provider import Provider, make_provider
from deploy.local.identity.settings import Settings
from tests.support.identity import Visitor, visitor_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({"TELLUS_RUN_DIR": str(tmp_path), "IDENTITY_DEVELOPMENT": "yes"})


@pytest.fixture
def provider(settings: Settings) -> Provider:
    return make_provider(settings)


@pytest.fixture
def visitor(provider: Provider) -> Visitor:
    return visitor_of(provider)
