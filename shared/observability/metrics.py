"""Every metric of the suite's plumbing, named once (Prometheus)."""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

requests = Counter("tellus_http_requests_total", "HTTP requests by operation and status", ["operation", "status"])
request_seconds = Histogram("tellus_http_request_seconds", "HTTP request duration", ["operation"], buckets=BUCKETS)
calls = Counter("tellus_calls_total", "RPC calls answered, by operation and outcome", ["operation", "outcome"])
call_seconds = Histogram("tellus_call_seconds", "RPC call duration", ["operation"], buckets=BUCKETS)
handled = Counter("tellus_events_handled_total", "Events handled, by handler and outcome", ["handler", "outcome"])
handle_seconds = Histogram("tellus_event_handle_seconds", "Event handling duration", ["handler"], buckets=BUCKETS)
published = Counter("tellus_events_published_total", "Events confirmed by the broker, by producer", ["producer"])
outbox_pending = Gauge("tellus_outbox_pending", "Facts committed and not yet published, by producer", ["producer"])
outbox_age = Gauge("tellus_outbox_oldest_seconds", "Age of the oldest unpublished fact, by producer", ["producer"])
topology_missing = Gauge("tellus_topology_missing", "Declared bindings that the broker lacks", ["producer"])
topology_unchecked = Counter(
    "tellus_topology_unchecked_total", "Checks of the bindings that the broker did not answer", ["producer"]
)
relay_active = Gauge("tellus_relay_active", "1 while this process is the one relay of a store", ["producer"])
policies_erred = Counter(
    "tellus_policies_erred_total", "Decisions denied because a policy failed: an alarm", ["action"]
)
