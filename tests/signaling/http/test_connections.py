"""Connections that ask for nothing."""

import asyncio
import resource

import pytest

from signaling.http import connections
from tests.patience import PATIENCE
from tests.signaling.conftest import Site

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(site: Site, data: bytes) -> Streams:
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
    writer.write(data)
    return reader, writer


async def test_half_a_request_does_not_keep_a_connection(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)
    heard = site.app[connections.HEARD]
    asked, asking = await connect(site, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (await asked.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
    silent, silence = await connect(site, b"GET /healthz HTTP/1.1\r\nHost: loc")
    closing = asyncio.create_task(connections.close_silent(site.server, heard))
    async with asyncio.timeout(PATIENCE):
        assert await silent.read() == b""
    assert set(site.server.connections) == heard
    assert len(heard) == 1
    closing.cancel()
    asking.close()
    silence.close()


def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    connections.allow_many()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (
        min(connections.OPEN_FILES, before[1]),
        before[1],
    )
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
