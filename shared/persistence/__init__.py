"""Stores: one transaction per change, with everything that must commit together."""
