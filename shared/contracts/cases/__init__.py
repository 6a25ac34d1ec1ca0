"""The cases service, as seen from outside."""
