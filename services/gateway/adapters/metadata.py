"""What all the gateway's tables are declared on; `tables.py` gathers them."""

from shared.persistence.conventions import metadata as new_metadata

metadata = new_metadata()
