"""`python -m deploy.local.demo`: sample data goes in, then a citizen's story is told. Again is fast and doubles nothing."""

import sys
import time

import httpx
from rich.console import Console

from clients.python.tellus_client import Refused
from deploy.local.demo import citizens, farewell, groundwork, letters, record, story
from deploy.local.demo.telling import Teller
from deploy.local.demo.voices import Company
from deploy.local.errors import LocalError
from deploy.local.identity.flows import NoToken
from deploy.local.places import Places
from deploy.local.settings import LocalSettings


def main() -> int:
    """0 if the story came to its end as it should; 1, with the reason, if it did not."""
    here, teller, begun = Places.of(LocalSettings()), Teller(), time.monotonic()
    address = f"http://127.0.0.1:{here.ports.of('gateway')}"
    sink = f"http://127.0.0.1:{here.ports.of('sink-page')}"
    try:
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as http:
            company = Company(http, teller.hear)
            groundwork.lay(company, teller)
            citizens.introduce(company, teller)
            case = story.tell(company, teller)
            messages = letters.show(company, teller, case, sink)
            sent = sum(message["status"] == "sent" for message in messages)
            public_key = (here.keys / "audit_log_key.pub").read_text(encoding="utf-8")
            record.show(company, teller, case, sent, public_key)
        farewell.say(teller, here, case["id"], time.monotonic() - begun)
    except (LocalError, NoToken, Refused, OSError, httpx.HTTPError) as error:
        Console(stderr=True, highlight=False).print(f"The story broke off: {error}", style="red", markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
