"""The one page that says which tool stands behind each port of the directory."""

from datetime import timedelta
from typing import Any

from nameko.extensions import DependencyProvider

from services.gateway.adapters.public_keys import JosePublicKeys
from services.gateway.adapters.unit_of_work import GatewayWork, unit_of_work
from services.gateway.application.uploads.ports import Limits
from services.gateway.directory_settings import DirectorySettings, StaffIssuers
from services.gateway.domain.periods import Emergencies
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork
from shared.rpc.config import ENGINE, SETTINGS
from shared.rpc.server import CallBound


class UnitOfWork(CallBound):
    """A transaction on the gateway's store, for the call in hand."""

    def setup(self) -> None:
        self.engine = self.container.config[ENGINE]

    def for_call(self, call: Call) -> SqlUnitOfWork[GatewayWork]:
        return unit_of_work(self.engine, call)


class Issuers(DependencyProvider):  # type: ignore[misc]
    """Who may vouch for staff, from the settings."""

    def setup(self) -> None:
        settings: DirectorySettings = self.container.config[SETTINGS]
        self.issuers = StaffIssuers(settings.issuers)

    def get_dependency(self, worker_ctx: Any) -> StaffIssuers:
        del worker_ctx  # the same for every call
        return self.issuers


class UploadLimits(DependencyProvider):  # type: ignore[misc]
    """How much may be sent, from the settings."""

    def setup(self) -> None:
        settings: DirectorySettings = self.container.config[SETTINGS]
        self.limits = Limits(most_bytes=settings.upload_bytes, most_open=settings.uploads_each)

    def get_dependency(self, worker_ctx: Any) -> Limits:
        del worker_ctx  # the same for every call
        return self.limits


class PublicKeys(DependencyProvider):  # type: ignore[misc]
    """Reads the keys that systems bring."""

    def get_dependency(self, worker_ctx: Any) -> JosePublicKeys:
        del worker_ctx  # the same for every call
        return JosePublicKeys()


class EmergencyLimits(DependencyProvider):  # type: ignore[misc]
    """What is allowed of those who break the glass, from the settings."""

    def setup(self) -> None:
        settings: DirectorySettings = self.container.config[SETTINGS]
        self.limits = Emergencies(
            longest=timedelta(minutes=settings.challenge_minutes), review_within=timedelta(hours=settings.review_hours)
        )

    def get_dependency(self, worker_ctx: Any) -> Emergencies:
        del worker_ctx  # the same for every call
        return self.limits
