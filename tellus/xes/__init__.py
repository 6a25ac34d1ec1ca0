"""Event logs in XES (IEEE 1849), read and written as streams."""
