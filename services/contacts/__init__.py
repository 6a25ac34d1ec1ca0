"""Contacts: everyone government knows, and every touch with them."""
