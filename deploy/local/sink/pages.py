"""What a person sees of the sink: a list and one message, with everything in it shown as text and nothing run."""

from html import escape
from urllib.parse import quote

from deploy.local.sink.mailbox import Counts, Kept
from deploy.local.sink.message import Content

STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; padding-block: 0.5rem; }
th, td { border-bottom: 1px solid; padding: 0.25rem 0.75rem 0.25rem 0; text-align: start; vertical-align: top; }
td, dd { overflow-wrap: anywhere; }
pre { border: 1px solid; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
input, button { font: inherit; min-height: 2.5rem; padding: 0.25rem 0.75rem; }
:focus-visible { outline: 0.2rem solid #0a58ca; outline-offset: 0.15rem; }
dt { font-weight: 600; }
"""


def list_page(kept: list[Kept], counts: Counts, *, to: str | None, limit: int) -> str:
    """The newest messages, with a way to the older ones and to those of one recipient."""
    rows = "".join(_row(message) for message in kept) or "<tr><td colspan='5'>Nothing here yet.</td></tr>"
    older = ""
    if len(kept) == limit:
        chosen = f"&amp;to={quote(to)}" if to else ""
        older = f"<p><a href='/?before={kept[-1].id}{chosen}'>Older messages</a></p>"
    return _page(
        "Mail and SMS",
        f"""<h1>Mail and SMS</h1>
<p>Sent to nobody, kept here: {counts.emails} mails, {counts.sms} SMS, {counts.duplicates} duplicates.</p>
<form method="get" action="/"><label for="to">Recipient</label>
<input id="to" name="to" value="{escape(to or "")}"> <button type="submit">Show</button></form>
<table><caption>Newest first, times in UTC</caption>
<thead><tr><th scope="col">Time</th><th scope="col">Kind</th><th scope="col">Recipient</th><th scope="col">Subject</th>
<th scope="col">Copies</th></tr></thead><tbody>{rows}</tbody></table>{older}""",
    )


def mail_page(message: Kept, content: Content) -> str:
    """One mail: its words first, then its HTML as source, then everything it came with."""
    parts = [f"<h2>Text</h2><pre dir='auto'>{escape(content.text)}</pre>" if content.text else ""]
    parts.append(f"<h2>HTML, as source</h2><pre dir='auto'>{escape(content.html)}</pre>" if content.html else "")
    if content.attachments:
        files = "".join(
            f"<li><bdi>{escape(str(file['filename']) or 'no name')}</bdi>, {escape(str(file['content_type']))}, "
            f"{file['size']} bytes</li>"
            for file in content.attachments
        )
        parts.append(f"<h2>Attachments</h2><ul>{files}</ul>")
    headers = "".join(f"<dt>{escape(name)}</dt><dd><bdi>{escape(value)}</bdi></dd>" for name, value in content.headers)
    parts.append(f"<h2>Headers</h2><dl>{headers}</dl>")
    return _page(message.subject or "No subject", _head(message) + "".join(parts))


def sms_page(message: Kept, text: str) -> str:
    """One SMS."""
    return _page("SMS", f"{_head(message)}<h2>Text</h2><pre dir='auto'>{escape(text)}</pre>")


def _head(message: Kept) -> str:
    people = ", ".join(f"<bdi>{escape(address)}</bdi>" for address in message.to)
    return f"""<p><a href="/">All messages</a></p><h1 dir="auto">{escape(message.subject) or "No subject"}</h1>
<dl><dt>To</dt><dd>{people}</dd><dt>From</dt><dd><bdi>{escape(message.sender)}</bdi></dd>
<dt>Time</dt><dd>{message.received_at}</dd><dt>Message-ID or reference</dt><dd>{escape(message.identity)}</dd>
<dt>Copies</dt><dd>{message.copies}</dd></dl>"""


def _row(message: Kept) -> str:
    people = ", ".join(f"<bdi>{escape(address)}</bdi>" for address in message.to)
    subject = escape(message.subject) or "No subject"
    return (
        f"<tr><td>{message.received_at}</td><td>{message.kind}</td><td>{people}</td>"
        f"<th scope='row'><a href='/view/{message.id}'><bdi>{subject}</bdi></a></th><td>{message.copies}</td></tr>"
    )


def _page(title: str, main: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} - Tellus sink</title><link rel="stylesheet" href="/style.css"></head>
<body><main>{main}</main></body></html>
"""
