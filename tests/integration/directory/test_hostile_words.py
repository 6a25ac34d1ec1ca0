"""Words that would be a command elsewhere are words here, where they are kept and where they are looked for."""

import pytest

from shared.contracts.gateway.staff import Alternative, Condition, FindStaff, ListStaff
from tests.support.directory import Directory

HOSTILE = (
    "' OR '1'='1",
    "x'; DROP TABLE staff; --",
    "x' UNION SELECT id, issuer, subject FROM actor --",
    '" OR ""="',
    "\\'; SELECT pg_sleep(9) --",
    "$$; DELETE FROM staff; $$",
    "%s %(a)s {0} :name",
)


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("operator", ["eq", "co", "sw", "ew"])
def test_what_reads_as_sql_is_looked_for_as_it_is(directory: Directory, words: str, operator: str) -> None:
    kept = directory.provision("ann", display_name=words)
    directory.provision("bea", display_name="Bea")

    condition = Condition(field="display_name", operator=operator, value=words)
    found = directory.ask(directory.administrator, FindStaff(where=(Alternative(conditions=(condition,)),)))

    assert [(item.id, item.display_name) for item in found.items] == [(kept.id, words)]
    assert {item.user_name for item in directory.ask(directory.administrator, ListStaff()).items} == {"ann", "bea"}
