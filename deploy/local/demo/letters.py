"""What the citizen got by mail, as it lies in the sink."""

import time
from typing import Any

import httpx

from clients.python.tellus_client import models
from deploy.local.demo.telling import Teller
from deploy.local.demo.voices import Company, StoryBroken

WAIT_SECONDS = 30.0
CASEWORKER = "carl-caseworker"
DECIDED = "case-decided"
OPEN = frozenset({"queued", "sending"})


def show(company: Company, teller: Teller, case: models.CaseView, sink: str) -> list[models.MessageView]:
    """The messages about this case, each come to rest; the decision is shown as it came."""
    teller.chapter("She is written to, in her language")
    messages = _at_rest(company, case)
    for message in messages:
        said = f"letter [b]{message['template']}[/] ({message['language']}, version {message['template_version']})"
        teller.say(f"{said}: {message['status']}{'' if not message['reason'] else ', ' + message['reason']}.")
    letters = _letters(sink, case["reference"])
    teller.say(f"In the sink: {len(letters)} about {case['reference']}.")
    decided = next((message["id"] for message in messages if message["template"] == DECIDED), "")
    for letter in letters:
        if letter["identity"].startswith(f"<{decided}@"):
            text = httpx.get(f"{sink}/messages/{letter['id']}", timeout=5, trust_env=False).json()["text"]
            teller.letter(f"{letter['subject']} - to {', '.join(letter['to'])}", text)
    teller.behind("message " + ", message ".join(message["id"] for message in messages))
    return messages


def _at_rest(company: Company, case: models.CaseView) -> list[models.MessageView]:
    """One message for the opening and one for the decision, none of them on its way any more."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        messages = list(company[CASEWORKER].list_messages_all(case_id=case["id"]))
        if len(messages) >= 2 and not any(message["status"] in OPEN for message in messages):  # noqa: PLR2004
            return messages
        if time.monotonic() > deadline:
            states = [message["status"] for message in messages]
            raise StoryBroken(
                f"After {WAIT_SECONDS:.0f} s the letters are {states}: 'tellus logs notifications-sender'."
            )
        time.sleep(0.2)


def _letters(sink: str, reference: str) -> list[dict[str, Any]]:
    found = httpx.get(f"{sink}/messages", params={"limit": 1000}, timeout=5, trust_env=False).json()["items"]
    return [letter for letter in found if reference in letter["subject"]]
