"""Whatever the document lets one send, and whatever it does not: every answer is one that it describes."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
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

from services.gateway.identity.claims import STAFF_ROLES
from tests.support.uploads import UploadGateway

FOLDER = TemporaryDirectory()
GATEWAY = UploadGateway(Path(FOLDER.name)).gateway
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", GATEWAY.app)
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]


@SCHEMA.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_every_answer_is_one_that_is_described(case: Case[Any]) -> None:
    token = GATEWAY.issuer.token(*STAFF_ROLES)
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
