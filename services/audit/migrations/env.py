"""The history of the audit log's store: its tables are written in SQL, so there is nothing to compare with."""

from shared.persistence.migrating import run

run(None)
