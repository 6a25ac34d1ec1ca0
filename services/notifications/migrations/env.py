"""The history of the notifications store."""

from services.notifications.adapters.tables import metadata
from shared.persistence.migrating import run

run(metadata)
