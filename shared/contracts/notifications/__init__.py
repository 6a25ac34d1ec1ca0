"""The notifications service, as seen from outside."""
