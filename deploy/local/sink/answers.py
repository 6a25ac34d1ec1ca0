"""What the sink answers to each request, apart from how requests arrive."""

import re
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus

from deploy.local.sink.exchange import Answer, Refused, Request, html_answer, json_answer, message_number, words
from deploy.local.sink.faults import Fault, Faults, FaultUnknown
from deploy.local.sink.mailbox import MOST_LISTED, Kept, Mailbox
from deploy.local.sink.message import Received, content_of
from deploy.local.sink.pages import STYLE, list_page, mail_page, sms_page
from shared import clock

PAGE = 100
SMS_FIELDS = {"to": 64, "text": 2000, "reference": 200}

Route = tuple[str, re.Pattern[str], Callable[..., Answer]]


class Answers:
    """Every route of the sink."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults
        self._routes: list[Route] = [
            ("GET", re.compile("/"), self._list_page),
            ("GET", re.compile("/view/([^/]+)"), self._view),
            ("GET", re.compile("/messages"), self._list),
            ("GET", re.compile("/messages/([^/]+)"), self._message),
            ("DELETE", re.compile("/messages"), self._clear),
            ("GET", re.compile("/counts"), self._counts),
            ("GET", re.compile("/faults"), self._show_faults),
            ("POST", re.compile("/faults"), self._set_faults),
            ("POST", re.compile("/sms"), self._sms),
            ("GET", re.compile("/healthz|/readyz"), self._health),
            ("GET", re.compile(r"/style\.css"), self._style),
        ]

    def to(self, method: str, target: str, content_type: str, body: bytes) -> Answer:
        """The answer to one request; a refusal is an answer too."""
        try:
            return self._answer(Request.of(method, target, content_type, body))
        except Refused as refusal:
            return json_answer({"error": str(refusal)}, refusal.status)

    def _answer(self, request: Request) -> Answer:
        for method, path, answer in self._routes:
            found = path.fullmatch(request.path)
            if found and method == request.method:
                return answer(request, *(message_number(digits) for digits in found.groups()))
        raise Refused(HTTPStatus.NOT_FOUND, "There is nothing here under this method and path.")

    def _list_page(self, request: Request) -> Answer:
        to = request.query.get("to") or None
        kept = self._mailbox.listed(to=to, before=request.number("before"), limit=PAGE)
        return html_answer(list_page(kept, self._mailbox.counts(), to=to, limit=PAGE))

    def _view(self, _request: Request, number: int) -> Answer:
        kept, body = self._found(number)
        if kept.kind == "sms":
            return html_answer(sms_page(kept, body.decode("utf-8", "replace")))
        return html_answer(mail_page(kept, content_of(body)))

    def _list(self, request: Request) -> Answer:
        asked = request.number("limit")
        limit = PAGE if asked is None else asked
        if not 1 <= limit <= MOST_LISTED:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"`limit` must be from 1 to {MOST_LISTED}.")
        kept = self._mailbox.listed(to=request.query.get("to"), before=request.number("before"), limit=limit)
        following = kept[-1].id if len(kept) == limit else None
        return json_answer({"items": [asdict(message) for message in kept], "next": following})

    def _message(self, _request: Request, number: int) -> Answer:
        kept, body = self._found(number)
        if kept.kind == "sms":
            return json_answer({**asdict(kept), "text": body.decode("utf-8", "replace")})
        return json_answer({**asdict(kept), **asdict(content_of(body))})

    def _found(self, number: int) -> tuple[Kept, bytes]:
        found = self._mailbox.get(number)
        if found is None:
            raise Refused(HTTPStatus.NOT_FOUND, "No such message is kept; it may have given way to newer ones.")
        return found

    def _clear(self, _request: Request) -> Answer:
        return json_answer({"removed": self._mailbox.clear()})

    def _counts(self, _request: Request) -> Answer:
        return json_answer(asdict(self._mailbox.counts()))

    def _show_faults(self, _request: Request) -> Answer:
        return json_answer(_told(self._faults.now()))

    def _set_faults(self, request: Request) -> Answer:
        try:
            return json_answer(_told(self._faults.wish(request.sent())))
        except FaultUnknown as error:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error

    def _sms(self, request: Request) -> Answer:
        sent = request.sent()
        to, text, reference = (words(sent, name, most) for name, most in SMS_FIELDS.items())
        if set(sent) - set(SMS_FIELDS):
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "An SMS has `to`, `text` and `reference`, and nothing else.")
        fault = self._faults.meet()
        if fault.mode == "reject":
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "Refused by the sink, as a test asked.")
        if fault.mode == "tempfail":
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "Try again later: the sink fails for now, as a test asked.")
        number = self._mailbox.keep(_received(to, text, reference))
        return json_answer({"id": number, "reference": reference}, HTTPStatus.ACCEPTED, fault)

    def _health(self, _request: Request) -> Answer:
        return json_answer({"status": "ok"})

    def _style(self, _request: Request) -> Answer:
        return Answer(HTTPStatus.OK, "text/css; charset=utf-8", STYLE.encode())


def _received(to: str, text: str, reference: str) -> Received:
    return Received(
        kind="sms",
        sender="",
        recipients=(to,),
        subject=" ".join(text.split())[:80],
        identity=reference,
        received_at=clock.instant(clock.now()),
        body=text.encode("utf-8"),
    )


def _told(fault: Fault) -> dict[str, object]:
    return {"mode": fault.mode, "for": fault.remaining, "seconds": fault.seconds}
