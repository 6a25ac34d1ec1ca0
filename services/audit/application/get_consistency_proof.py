"""Prove that the log only grew."""

from services.audit.application.get_checkpoint import newest
from services.audit.application.ports import Looks
from services.audit.domain.errors import EntryUnknown
from shared.contracts.audit.rpc import GetConsistencyProof, ProofView


def get_consistency_proof(request: GetConsistencyProof, *, looks: Looks) -> ProofView:
    """Proof (RFC 9162, 2.1.4) that the log of `old_size` is a beginning of the newest signed one."""
    with looks.reading() as look:
        look.permissions.require("get_consistency_proof")
        checkpoint = newest(look)
        if not 0 < request.old_size <= checkpoint.size:
            raise EntryUnknown("The old size is at least 1 and at most the newest signed one.", size=checkpoint.size)
        hashes = look.log.consistency(request.old_size, checkpoint.size)
        return ProofView(size=checkpoint.size, hashes=tuple(h.hex() for h in hashes), checkpoint=checkpoint.note)
