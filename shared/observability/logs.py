"""JSON logs on standard output: one line per request, call and handled event; ids, codes and durations only.

A field that is not on the list below does not reach the log, whatever a programmer passes: personal data cannot leak
through a keyword. Standard-library loggers (drivers, servers) keep their level and logger name, not their message
arguments.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from shared.observability.lines import Lines

ALLOWED = frozenset(
    [
        "actor",
        "action",
        "address",
        "attempt",
        "batch",
        "bytes",
        "channel",
        "client",
        "code",
        "command",
        "component",
        "count",
        "delay_seconds",
        "department",
        "duplicates",
        "epoch",
        "error",
        "errors",
        "event",
        "exchange",
        "exception",
        "expected",
        "expression",
        "failed",
        "fence",
        "first",
        "found",
        "gap",
        "handler",
        "heard",
        "index",
        "interval",
        "key",
        "kind",
        "last",
        "level",
        "lag_seconds",
        "logger",
        "message_id",
        "milliseconds",
        "missing",
        "name",
        "on_behalf_of",
        "operation",
        "outcome",
        "pending",
        "policies",
        "port",
        "process",
        "producer",
        "published",
        "queue",
        "reason",
        "reference",
        "retry_in_seconds",
        "revision",
        "root",
        "route",
        "routing_key",
        "sequence",
        "service",
        "signal",
        "size",
        "state",
        "status",
        "store",
        "subject",
        "template",
        "timestamp",
        "total",
        "trace",
        "type",
        "version",
        "workers",
    ]
)
"""What a log line may hold. `address` is a host and port of ours, never a person's; `client` is a
keyed digest of where a request came from; `name` is a component's; `expression` is a rule's text, never what it was
asked about."""


def configure(process: str, level: str = "INFO") -> Lines:
    """Log as JSON, as `process`. Answers with where the lines go, for a process that writes very many."""
    lines = Lines()
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _stamp(process),
            _exception_without_values,
            only_allowed,
            _rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=True,
    )
    logging.root.handlers = [_ForwardToStructlog(level="WARNING")]
    logging.root.setLevel("WARNING")
    # every call and handled event has its one line already, failed ones too
    logging.getLogger("nameko.containers").setLevel("ERROR")
    return lines


def only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list, and say that something was dropped."""
    kept = {key: value for key, value in event.items() if key in ALLOWED}
    if len(kept) < len(event):
        kept["missing"] = sorted(set(event) - ALLOWED)
    return kept


def _exception_without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # a traceback says where, by file and line; the exception's own text may quote a row, so it stays out
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        frames = []
        step = info[2]
        while step is not None:
            frames.append(f"{step.tb_frame.f_code.co_filename.rsplit('/', 3)[-1]}:{step.tb_lineno}")
            step = step.tb_next
        event["exception"] = {"kind": info[0].__name__, "at": frames[-12:]}
    return event


def _stamp(process: str) -> Any:
    def stamp(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return stamp


def _rendered(_: Any, __: str, event: MutableMapping[str, Any]) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE)


class _ForwardToStructlog(logging.Handler):
    """What a library logs: its name, level and place. Its message may quote data, so it stays out."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            operation=record.funcName,
            error=record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
        )
