"""W3C trace context through every hop: HTTP, RPC, outbox, handler. Recorded only where a collector is named.

Traces are carried by hand, not by context variables: a green thread begins with none, and a trace that crosses an
outbox cannot live in one anyway.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Literal

from opentelemetry import trace as otel
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import StatusCode

Kind = Literal["server", "client", "producer", "consumer", "internal"]
TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")
_provider: TracerProvider | None = None


@dataclass(frozen=True)
class Trace:
    """One span of work: `traceparent` is what its own calls and facts carry."""

    traceparent: str
    span: Span | None = None

    @property
    def id(self) -> str:
        """The trace id, as people quote it."""
        return self.traceparent[3:35]

    def end(self, outcome: str = "ok") -> None:
        """The work is over; an outcome other than "ok" marks the span as failed."""
        if self.span is not None:
            self.span.set_attribute("tellus.outcome", outcome)
            if outcome != "ok":
                self.span.set_status(StatusCode.ERROR)
            self.span.end()


def configure(process: str, endpoint: str | None) -> None:
    """Record spans and send them to the collector at `endpoint`; without one, only the trace context travels."""
    global _provider  # noqa: PLW0603 - one provider per process, set once at start
    if endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - heavy

    _provider = TracerProvider(resource=Resource.create({"service.name": process, "service.namespace": "tellus"}))
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=2)))


def begin(name: str, *, parent: str | None = None, kind: Kind = "internal") -> Trace:
    """Begin a span under `parent`. A parent that is no W3C traceparent begins a new trace."""
    context = _context_of(parent)
    if _provider is None:
        return Trace(parent if context and parent else f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01")
    within = otel.set_span_in_context(NonRecordingSpan(context)) if context else None
    span = _provider.get_tracer("tellus").start_span(name, context=within, kind=SpanKind[kind.upper()])
    own = span.get_span_context()
    traceparent = f"00-{own.trace_id:032x}-{own.span_id:016x}-{int(own.trace_flags):02x}"
    return Trace(traceparent, span if isinstance(span, Span) else None)


def flush() -> None:
    """Send what is recorded, waiting at most two seconds."""
    if _provider is not None:
        _provider.force_flush(2_000)


def _context_of(parent: str | None) -> SpanContext | None:
    found = TRACEPARENT.match(parent or "")
    if not found or not int(found[1], 16) or not int(found[2], 16):
        return None
    return SpanContext(int(found[1], 16), int(found[2], 16), is_remote=True, trace_flags=TraceFlags(int(found[3], 16)))
