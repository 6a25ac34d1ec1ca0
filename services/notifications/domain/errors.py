"""What can be wrong with a template or a message."""

from shared.errors import Conflict, Invalid, NotFound


class PlaceholderInvalid(Invalid):
    """The template asks for something that no message knows."""

    code = "notifications.placeholder_invalid"


class TemplateUnknown(NotFound):
    """There is no such template in this language and version."""

    code = "notifications.template_unknown"


class MessageUnknown(NotFound):
    """There is no such message, or you may not know of it."""

    code = "notifications.unknown"


class StepIllegal(Conflict):
    """A message cannot take this step from where it stands."""

    code = "notifications.step_illegal"


class ContactUnreadable(Exception):
    """Contacts is there, but this contact cannot be had of it: `why` is a code that says what came instead."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Undeliverable(Exception):
    """This message can never be sent as things stand: `reason` is a code that says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
