"""Everything the audit service answers to. The work is in application/; the log is written by processes/."""

from services.audit import application, wiring
from services.audit.application.ports import Looks
from shared.contracts.audit.rpc import (
    AccessView,
    CheckpointView,
    EntryView,
    FindEntries,
    GapView,
    GetCheckpoint,
    GetConsistencyProof,
    GetInclusionProof,
    ListAccesses,
    ListGaps,
    ListStreams,
    ProofView,
    StreamView,
)
from shared.contracts.paging import Page
from shared.rpc.server import answers


class AuditService:
    """Calls to the audit service."""

    name = "audit"

    looks: Looks = wiring.Looks()

    @answers(GetCheckpoint)
    def get_checkpoint(self, request: GetCheckpoint) -> CheckpointView:
        return application.get_checkpoint(request, looks=self.looks)

    @answers(FindEntries)
    def find_entries(self, request: FindEntries) -> Page[EntryView]:
        return application.find_entries(request, looks=self.looks)

    @answers(ListAccesses)
    def list_accesses(self, request: ListAccesses) -> Page[AccessView]:
        return application.list_accesses(request, looks=self.looks)

    @answers(GetInclusionProof)
    def get_inclusion_proof(self, request: GetInclusionProof) -> ProofView:
        return application.get_inclusion_proof(request, looks=self.looks)

    @answers(GetConsistencyProof)
    def get_consistency_proof(self, request: GetConsistencyProof) -> ProofView:
        return application.get_consistency_proof(request, looks=self.looks)

    @answers(ListStreams)
    def list_streams(self, request: ListStreams) -> Page[StreamView]:
        return application.list_streams(request, looks=self.looks)

    @answers(ListGaps)
    def list_gaps(self, request: ListGaps) -> Page[GapView]:
        return application.list_gaps(request, looks=self.looks)
