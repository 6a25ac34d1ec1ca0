"""Whatever the document lets one send, and whatever it does not: every answer is one that it describes."""

from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from services.gateway.domain.roles import ROLES as STAFF_ROLES
from tests.support.uploads import UploadGateway

FOLDER = TemporaryDirectory()
GATEWAY = UploadGateway(Path(FOLDER.name)).gateway
STREAMED = ["follow_events", "read_job_result"]
"""Answers that come from what is not here, a feed and a job: each has tests of its own."""
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", GATEWAY.app).exclude(operation_id=STREAMED)


def method_is_refused(context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """As the document says; but a TRACE with a body is no request at all, before anybody asks for its method."""
    if response.status_code == HTTPStatus.BAD_REQUEST and b"framing.unexpected_body" in response.content:
        return None
    return unsupported_method(context, response, case)


CHECKS = [
    not_a_server_error,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    method_is_refused,
]


@SCHEMA.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_every_answer_is_one_that_is_described(case: Case[Any]) -> None:
    token = GATEWAY.issuer.token(*STAFF_ROLES)
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
