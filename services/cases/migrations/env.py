"""The history of the cases store."""

from services.cases.adapters.tables import metadata
from shared.persistence.migrating import run

run(metadata)
