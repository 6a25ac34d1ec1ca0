"""What the audit service can do for those who ask: the log itself is written by the sequencer alone."""

from services.audit.application.find_entries import find_entries
from services.audit.application.get_checkpoint import get_checkpoint
from services.audit.application.get_consistency_proof import get_consistency_proof
from services.audit.application.get_inclusion_proof import get_inclusion_proof
from services.audit.application.list_accesses import list_accesses
from services.audit.application.list_gaps import list_gaps
from services.audit.application.list_streams import list_streams

__all__ = [
    "find_entries",
    "get_checkpoint",
    "get_consistency_proof",
    "get_inclusion_proof",
    "list_accesses",
    "list_gaps",
    "list_streams",
]
