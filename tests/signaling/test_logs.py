"""What does not get into the log."""

import asyncio
import logging

import pytest

from signaling import logs
from tests.signaling.conftest import Site


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nAuthorization: Bearer " + b"secret" * 2000 + b"\r\n\r\n",
        (
            b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: 6\r\n\r\nsecret"
        ),
    ],
)
async def test_what_is_no_http_is_not_logged(
    site: Site, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    server_log = logging.getLogger("aiohttp.server")
    server_log.addFilter(logs.is_ours)
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
    writer.write(request_bytes)
    assert (await reader.read()).startswith(b"HTTP/1.")
    writer.close()
    server_log.removeFilter(logs.is_ours)
    assert caplog.text == ""


def test_our_own_faults_are() -> None:
    error = RuntimeError("a bug")
    ours = logging.LogRecord("aiohttp.server", logging.ERROR, "", 0, "", (), (RuntimeError, error, None))
    assert logs.is_ours(ours)
    assert logs.is_ours(logging.LogRecord("aiohttp.server", logging.ERROR, "", 0, "", (), None))
