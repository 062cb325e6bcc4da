"""How tests of this room ask a server."""

from collections.abc import Mapping
from typing import Any

from tests.signaling.conftest import Site


async def ask(
    site: Site, method: str, path: str, headers: Mapping[str, str], body: object = None
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of the answer, which is a problem if it is an error."""
    async with site.client.request(method, path, json=body, headers=headers) as response:
        if response.status >= 400:
            return response.status, await site.problem(response)
        return response.status, {} if response.status == 204 else await response.json()
