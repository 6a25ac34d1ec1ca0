"""Prove that an entry is in the log."""

from services.audit.application.get_checkpoint import newest
from services.audit.application.ports import Looks
from services.audit.domain.errors import EntryUnknown
from shared.contracts.audit.rpc import GetInclusionProof, ProofView


def get_inclusion_proof(request: GetInclusionProof, *, looks: Looks) -> ProofView:
    """Proof (RFC 9162, 2.1.3) that entry `index` is in the log of the newest checkpoint."""
    with looks.reading() as look:
        look.permissions.require("get_inclusion_proof")
        checkpoint = newest(look)
        if request.index >= checkpoint.size:
            raise EntryUnknown(size=checkpoint.size)
        hashes = look.log.inclusion(request.index, checkpoint.size)
        return ProofView(size=checkpoint.size, hashes=tuple(h.hex() for h in hashes), checkpoint=checkpoint.note)
