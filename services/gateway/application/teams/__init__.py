"""Who works together."""
