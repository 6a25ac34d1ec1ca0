"""What can be wrong with an upload."""

from shared.errors import Conflict, Invalid, NotFound, TooMany


class UploadUnknown(NotFound):
    """There is no such upload, or you may not know of it."""

    code = "uploads.unknown"


class UploadOver(Conflict):
    """This upload is over: begin a new one."""

    code = "uploads.over"


class UploadUnfinished(Conflict):
    """There is nothing to read: this upload has not arrived, or was not taken in."""

    code = "uploads.unfinished"


class UploadTooLarge(Invalid):
    """The file is larger than may be sent here."""

    code = "uploads.too_large"


class NameUnfitting(Invalid):
    """The name of the file does not end as names of such files do."""

    code = "uploads.name_unfitting"


class TooManyUploads(TooMany):
    """You are sending as many files as one may send at once: finish some, or cancel them."""

    code = "uploads.too_many"
