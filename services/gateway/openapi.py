"""The API's document as everybody may read it, and as it is committed: `python -m services.gateway.openapi`."""

import sys
from functools import cache
from typing import Any

import orjson

from services.gateway.describing.document import document_of
from services.gateway.routes import ROUTES


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    return document_of(ROUTES)


def main() -> None:
    """Write the document, as it is committed."""
    sys.stdout.write(orjson.dumps(document(), option=orjson.OPT_INDENT_2).decode() + "\n")


if __name__ == "__main__":
    main()
