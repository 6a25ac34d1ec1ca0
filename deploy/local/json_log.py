"""The log of small local processes: one JSON object a line, on standard output."""

import logging

import structlog


def log_as_json(level: str) -> None:
    """From now on this process logs JSON, from `level` up."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )
