"""Calls between services: typed, bounded, signed. nameko stays in here."""
