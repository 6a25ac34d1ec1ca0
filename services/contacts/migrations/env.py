"""The history of the contacts store."""

from services.contacts.adapters.tables import metadata
from shared.persistence.migrating import run

run(metadata)
