"""The log over HTTP: what is in it, and proof that nothing is missing or altered."""

from typing import Final

from services.gateway.route import Route, of_request
from shared.contracts.audit.rpc import (
    FindEntries,
    GetCheckpoint,
    GetConsistencyProof,
    GetInclusionProof,
    ListAccesses,
    ListGaps,
    ListStreams,
)

OVERSIGHT: Final = "oversight"
PROVING: Final = "public_record"
RUNNING: Final = "operations"
_NOTE: Final = (
    "tellus.local/audit\n1027\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— tellus.local/audit AAECAw==\n"
)
_PROOF: Final = {
    "size": 1027,
    "hashes": ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    "checkpoint": _NOTE,
}

ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/audit/checkpoint",
        request=GetCheckpoint,
        kept=True,
        purpose=PROVING,
        answer={
            "size": 1027,
            "root": "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62",
            "note": _NOTE,
            "signed_at": "2026-11-21T09:41:00Z",
        },
    ),
    Route(
        method="GET",
        path="/v1/audit/entries",
        request=FindEntries,
        purpose=OVERSIGHT,
        answer={
            "index": 1026,
            "leaf": "eyJkYXRhIjp7fX0=",
            "leaf_hash": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "type": "tellus.case.opened.v1",
            "subject": "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10",
            "actor": "019c1f0e-0000-7000-8000-000000000001",
            "producer": "cases",
            "sequence": 311,
            "occurred_at": "2026-11-21T09:40:00Z",
            "received_at": "2026-11-21T09:40:00.120Z",
        },
    ),
    Route(
        method="GET",
        path="/v1/contacts/{contact_id:id}/accesses",
        request=ListAccesses,
        purpose="accountability",
        subjects=of_request("contact_id"),
        answer={
            "operation": "get_contact",
            "purpose": "service_delivery",
            "purpose_title": "Serving somebody who asks for something",
            "lawful_basis": "UK GDPR Art. 6(1)(e)",
            "special_categories": "UK GDPR Art. 9(2)(g)",
            "fields": ["email", "name"],
            "hidden": [],
            "actor_kind": "staff",
            "department": "city.permits",
            "own": False,
            "on_behalf": False,
            "emergency": False,
            "at": "2026-11-21T09:40:00Z",
        },
    ),
    Route(
        method="GET",
        path="/v1/audit/proofs/inclusion",
        request=GetInclusionProof,
        kept=True,
        purpose=PROVING,
        answer=_PROOF,
    ),
    Route(
        method="GET",
        path="/v1/audit/proofs/consistency",
        request=GetConsistencyProof,
        kept=True,
        purpose=PROVING,
        answer=_PROOF,
    ),
    Route(
        method="GET",
        path="/v1/audit/streams",
        request=ListStreams,
        purpose=RUNNING,
        answer={
            "producer": "cases",
            "epoch": "3d1c8a52-0d3c-4b5e-9a3b-6f0c8f2d7e11",
            "next_sequence": 312,
            "head_sequence": 311,
            "last_heartbeat_at": "2026-11-21T09:40:55Z",
            "confirmed_sequence": 311,
        },
    ),
    Route(
        method="GET",
        path="/v1/audit/gaps",
        request=ListGaps,
        purpose=RUNNING,
        answer={
            "producer": "cases",
            "epoch": "3d1c8a52-0d3c-4b5e-9a3b-6f0c8f2d7e11",
            "first": 300,
            "last": 301,
            "opened_at": "2026-11-21T09:39:00Z",
            "closed_at": None,
        },
    ),
)
