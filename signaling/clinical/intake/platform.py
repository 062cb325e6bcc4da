"""The host platform, asked for a patient's questionnaires with the asking user's own token."""

import logging
from urllib.parse import quote

import aiohttp

from signaling.kernel.errors import Unavailable

log = logging.getLogger(__name__)

SECONDS = 10.0
MAX_BYTES = 2**20
PLACEHOLDER = "{patient_id}"


class Platform:
    """One server's, at the address that [intake] names."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def ask(self, patient_id: str, authorization: str) -> bytes:
        """What it answers: bounded in time and size, redirects refused. Raises Unavailable, which
        tells what went wrong; the log tells no more, and never the token.
        """
        url = self._url.replace(PLACEHOLDER, quote(patient_id, safe=""))
        headers = {"Authorization": authorization, "Accept": "application/json"}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as http,
                http.get(url, headers=headers, allow_redirects=False) as response,
            ):
                return await _body(response)
        except TimeoutError:
            raise Unavailable("intake_unavailable", reason="late", seconds=int(SECONDS)) from None
        except (aiohttp.ClientError, OSError) as error:
            log.warning("the platform of intake.url cannot be asked: %s", type(error).__name__)
            raise Unavailable("intake_unavailable", reason="away") from None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if response.status in {401, 403}:
        raise Unavailable("intake_unavailable", reason="refused")
    if response.status != 200:
        raise Unavailable("intake_unavailable", reason="status", status=response.status)
    body = b""
    async for chunk in response.content.iter_chunked(2**16):
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unavailable("intake_unavailable", reason="too_large", limit=MAX_BYTES)
    return body
