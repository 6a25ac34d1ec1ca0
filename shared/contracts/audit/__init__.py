"""The audit service, as seen from outside."""
