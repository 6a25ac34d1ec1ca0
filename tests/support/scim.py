"""A SCIM client over HTTP, for those who check a server from outside."""

from typing import Any

import httpx
from scim2_client import BaseSyncSCIMClient


class OverHttp(BaseSyncSCIMClient):
    """Sends with a client whose base URL is the server's root."""

    def __init__(self, client: httpx.Client) -> None:
        super().__init__()
        self.client = client

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return str(self.client.build_request("GET", endpoint).url).startswith(str(self.client.base_url))

    def _parse_json(self, response: Any) -> Any:
        return response.json()

    def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        """One request."""
        return self.client.request(method, url, **kwargs)
