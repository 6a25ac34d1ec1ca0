"""Checks that one entry is in the log, from what anybody may be told of it and the log's public key alone."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from services.audit.adapters.ed25519 import read_verifier
from services.audit.domain.checkpoint import open_checkpoint
from services.audit.domain.hashing import leaf_hash
from services.audit.domain.proofs import verify_inclusion


def check_inclusion(entry: Mapping[str, Any], proof: Mapping[str, Any], public_key: str) -> int:
    """The size of the signed log that this entry (an EntryView) is proven to be in; raises a ServiceError if it is not."""
    verifier = read_verifier(public_key.strip())
    checkpoint = open_checkpoint(proof["checkpoint"].encode(), [verifier], origin=verifier.name)
    verify_inclusion(
        index=entry["index"],
        size=checkpoint.size,
        leaf=leaf_hash(b64decode(entry["leaf"])),
        proof=[bytes.fromhex(one) for one in proof["hashes"]],
        root=checkpoint.root,
    )
    return checkpoint.size
