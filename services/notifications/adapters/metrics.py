"""What the sender counts (Prometheus)."""

from prometheus_client import Counter, Gauge, Histogram

from shared.observability.metrics import BUCKETS

outcomes = Counter("tellus_messages_total", "Messages that came out of a sender, by outcome", ["outcome"])
send_seconds = Histogram("tellus_message_send_seconds", "Handing one message to the provider", buckets=BUCKETS)
waits = Counter("tellus_sender_waits_total", "Times the sender waited for something that was down", ["for_"])
unreadable = Counter(
    "tellus_contacts_unreadable_total", "Times that contacts answered, but a contact could not be read"
)
in_flight = Gauge("tellus_messages_in_flight", "Messages that this sender holds")
