from services.gateway.adapters.tables import metadata
from shared.persistence.migrating import run

run(metadata)
