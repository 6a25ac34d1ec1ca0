"""Events as the log receives them: canonical CloudEvents with whatever a test wants to say."""

from typing import Any
from uuid import UUID, uuid4

from shared.contracts.envelope import canonical

MOMENT = "2026-11-05T12:34:56.123456Z"


def event_fields(*, sequence: int = 1, producer: str = "cases", epoch: str = "e1", **fields: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": f"/tellus/{producer}",
        "type": "tellus.case.opened.v1",
        "subject": str(uuid4()),
        "time": MOMENT,
        "recordedtime": MOMENT,
        "producer": producer,
        "epoch": epoch,
        "sequence": f"{sequence:016d}",
        "subjectversion": 1,
        "department": "city.permits",
        "actor": str(UUID(int=7)),
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        "datacontenttype": "application/json",
        "data": {},
    } | fields


def event_body(**fields: Any) -> bytes:
    return canonical(event_fields(**fields))
