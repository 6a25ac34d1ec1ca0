"""An entry is believed only with a proof that leads to a checkpoint that the log's key signed."""

from base64 import b64encode
from typing import Any

import pytest

from services.audit.adapters.ed25519 import generate_key, read_signer
from services.audit.domain.checkpoint import Checkpoint, sign_checkpoint
from services.audit.domain.hashing import leaf_hash, node_hash
from services.audit.processes.prove import check_inclusion
from shared.errors import ServiceError

LEAVES = [b"first", b"second"]
SECRET, PUBLIC = generate_key("log.example.gov/test")
ROOT = node_hash(*map(leaf_hash, LEAVES))


def entry(index: int, leaf: bytes) -> dict[str, Any]:
    return {"index": index, "leaf": b64encode(leaf).decode()}


def proof(*, secret: str = SECRET.reveal(), root: bytes = ROOT) -> dict[str, Any]:
    note = sign_checkpoint(Checkpoint("log.example.gov/test", 2, root), [read_signer(secret)])
    return {"size": 2, "hashes": [leaf_hash(LEAVES[1]).hex()], "checkpoint": note.decode()}


def test_an_entry_of_the_log_is_proven() -> None:
    assert check_inclusion(entry(0, LEAVES[0]), proof(), str(PUBLIC)) == 2


@pytest.mark.parametrize(
    ("index", "leaf", "shown"),
    [
        (0, b"other", proof()),
        (1, LEAVES[0], proof()),
        (5, LEAVES[0], proof()),
        (0, LEAVES[0], proof(root=b"x" * 32)),
        (0, LEAVES[0], proof(secret=generate_key("log.example.gov/test")[0].reveal())),
        (0, LEAVES[0], proof() | {"hashes": []}),
    ],
    ids=["another entry", "another place", "beyond the log", "another root", "another key", "a shorter proof"],
)
def test_nothing_else_is(index: int, leaf: bytes, shown: dict[str, Any]) -> None:
    with pytest.raises(ServiceError):
        check_inclusion(entry(index, leaf), shown, str(PUBLIC))
