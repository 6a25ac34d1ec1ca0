"""Audit: every fact of the suite, written once, provable by anybody."""
