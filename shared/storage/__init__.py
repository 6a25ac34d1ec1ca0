"""Files at rest: named by what they hold, sealed with keys that are kept elsewhere, moved in streams."""
