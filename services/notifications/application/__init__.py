"""What the notifications service can do: one module, one use case, one transaction."""

from services.notifications.application.add_template import add_template
from services.notifications.application.back_off import back_off
from services.notifications.application.begin_attempt import begin_attempt
from services.notifications.application.claim_messages import claim_messages
from services.notifications.application.count_messages import count_messages
from services.notifications.application.end_attempt import end_attempt
from services.notifications.application.get_message import get_message
from services.notifications.application.get_template import get_template
from services.notifications.application.give_up_attempts import give_up_attempts
from services.notifications.application.list_messages import list_messages
from services.notifications.application.list_templates import list_templates
from services.notifications.application.put_back import put_back
from services.notifications.application.queue_message import queue_message
from services.notifications.application.see_messages import see_messages

__all__ = [
    "add_template",
    "back_off",
    "begin_attempt",
    "claim_messages",
    "count_messages",
    "end_attempt",
    "get_message",
    "get_template",
    "give_up_attempts",
    "list_messages",
    "list_templates",
    "put_back",
    "queue_message",
    "see_messages",
]
