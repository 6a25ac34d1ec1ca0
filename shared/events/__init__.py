"""Facts between services: told through the outbox, published by the relay, heard once."""
