"""How uploads look from outside: views for callers, events for subscribers, resources for policies."""

from collections.abc import Iterator

from services.gateway.domain.upload import KINDS, Accepted, Cancelled, Created, Expired, Refused, Upload
from shared.authz.model import Resource
from shared.contracts.actor import Actor
from shared.contracts.base import Event
from shared.contracts.gateway.upload_events import (
    UploadAccepted,
    UploadCancelled,
    UploadCreated,
    UploadExpired,
    UploadRefused,
)
from shared.contracts.gateway.uploads import UploadProgress, UploadView


def as_resource(upload: Upload, actor: Actor) -> Resource:
    """An upload, as policies see it when this actor asks."""
    return Resource("Upload", str(upload.id), upload.department, {"own": upload.owner == actor.owner})


def as_view(upload: Upload) -> UploadView:
    """An upload, as its owner sees it."""
    return UploadView.model_validate(upload, from_attributes=True)


def as_progress(upload: Upload) -> UploadProgress:
    """How far it is."""
    return UploadProgress.model_validate(upload, from_attributes=True)


def as_events(upload: Upload) -> Iterator[Event]:
    """What happened to an upload, without saying what it is called or holds."""
    for fact in upload.facts:
        yield _event(fact, upload)


def _event(fact: object, upload: Upload) -> Event:
    about = {"subject": upload.id, "subject_version": upload.version}
    kind = {"media_type": KINDS[upload.media_type].code, "size": upload.length}
    match fact:
        case Created():
            return UploadCreated.model_validate(about | kind)
        case Accepted(digest):
            return UploadAccepted.model_validate(about | kind | {"digest": digest})
        case Refused(reason):
            return UploadRefused.model_validate(about | kind | {"reason": reason})
        case Cancelled():
            return UploadCancelled.model_validate(about)
        case Expired():
            return UploadExpired.model_validate(about)
    raise AssertionError(fact)
