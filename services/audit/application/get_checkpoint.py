"""Get the newest signed checkpoint."""

from services.audit.application.ports import Look, Looks, Signed
from services.audit.application.published import as_checkpoint
from services.audit.domain.errors import NothingSigned
from shared.contracts.audit.rpc import CheckpointView, GetCheckpoint


def get_checkpoint(request: GetCheckpoint, *, looks: Looks) -> CheckpointView:
    """The newest checkpoint: a signed note that the reader verifies with the log's public key."""
    del request  # it has nothing to say
    with looks.reading() as look:
        look.permissions.require("get_checkpoint")
        return as_checkpoint(newest(look))


def newest(look: Look) -> Signed:
    """The checkpoint that proofs are for; raises NothingSigned before the first."""
    found = look.log.newest_checkpoint()
    if found is None:
        raise NothingSigned
    return found
