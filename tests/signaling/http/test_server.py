"""The server under the application: what never reaches a handler is answered in the same shape,
and not repeated.
"""

import asyncio
import json
import logging
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import web

from signaling.http import server
from signaling.http.server import Connection, Server
from tests.patience import PATIENCE, until
from tests.signaling.conftest import Site, behind_proxy, configuration, open_site

MARK = "Zo-Marker"


async def ask(site: Site, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the first answer to bytes that an HTTP client would not send."""
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
    writer.write(request)
    try:
        async with asyncio.timeout(PATIENCE):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value
                for name, _, value in (line.partition(": ") for line in head[1:] if line)
            }
            return (
                int(head[0].split()[1]),
                headers,
                await reader.readexactly(int(headers["content-length"])),
            )
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET / HTTP/9.9\r\n\r\n", 400, "bad_request"),
        (MARK.encode() + b"\r\n\r\n", 400, "bad_request"),
        (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: Zo-Marker\0\r\n\r\n", 400, "bad_request"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431, "header_too_large"),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
            431,
            "header_too_large",
        ),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 1_000 + b"\r\n", 400, "bad_request"),
        (
            b"GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: Zo-Marker\r\n\r\n",
            417,
            "expectation_failed",
        ),
        (
            b"GET /nothing HTTP/1.1\r\nHost: a\r\nExpect: Zo-Marker\r\n\r\n",
            417,
            "expectation_failed",
        ),
        (
            b"GET /assets/%F0%9F%98%80" + b"%F0%9F%98%80" * 100 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
            404,
            "not_found",
        ),
        (b"GET /assets/%00 HTTP/1.1\r\nHost: a\r\n\r\n", 404, "not_found"),
        (b"GET /assets/%ED%A0%80 HTTP/1.1\r\nHost: a\r\n\r\n", 404, "not_found"),
        (b"ZO-MARKER / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request"),
        (
            b"GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZo-Marker\r\n",
            400,
            "bad_request",
        ),
    ],
)
async def test_what_reaches_no_handler_is_a_problem_that_repeats_nothing(
    site: Site, caplog: pytest.LogCaptureFixture, request_bytes: bytes, status: int, code: str
) -> None:
    caplog.set_level(logging.INFO)
    found, headers, body = await ask(site, request_bytes)
    problem = json.loads(body)
    assert (found, problem["status"], problem["code"]) == (status, status, code)
    assert headers["content-type"] == "application/problem+json"
    assert headers["server"] == "carelay"
    assert headers["x-content-type-options"] == "nosniff"
    assert MARK.lower() not in body.decode().lower()
    assert b"aiohttp" not in body.lower()
    assert b"ython" not in body
    assert caplog.text == ""


async def test_a_range_of_a_page_is_all_of_it(site: Site) -> None:
    for value in ("bytes=0-3", "bytes=9999-", "nonsense"):
        async with site.client.get("/assets/index-1a2b.js", headers={"Range": value}) as response:
            assert (response.status, await response.text()) == (200, "export {};")
            assert response.content_type in {"text/javascript", "application/javascript"}


async def test_a_fault_outside_of_a_handler_is_a_problem_and_in_the_log_once(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def resolve(*_: object) -> web.UrlMappingMatchInfo:
        raise RuntimeError("a bug")

    monkeypatch.setattr(site.app.router, "resolve", resolve)
    async with site.client.get("/healthz") as response:
        assert (await site.problem(response))["code"] == "internal_error"
        assert response.headers["Server"] == "carelay"
    assert len([record for record in caplog.records if record.exc_info]) == 1


async def test_who_does_not_read_the_answer_is_disconnected(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SEND_SECONDS", 0.2)
    (tmp_path / "web" / "assets" / "large.js").write_bytes(b" " * 50_000_000)
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port, limit=1024)
    writer.write(b"GET /assets/large.js HTTP/1.1\r\nHost: a\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    await until(lambda: not site.server.connections)
    writer.close()


async def test_one_address_cannot_have_all_connections(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_OF_A_NETWORK", 2)
    held = [await asyncio.open_connection(site.client.host, site.client.port) for _ in range(2)]
    await until(lambda: len(site.server.connections) == 2)
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
    with suppress(ConnectionError):
        assert await reader.read() == b""
    for _, holder in (*held, (reader, writer)):
        holder.close()
    await until(lambda: not site.server.connections)
    async with site.client.get("/healthz") as response:
        assert response.status == 200


async def test_a_proxy_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_OF_A_NETWORK", 0)
    async with open_site(configuration(tmp_path, server=behind_proxy(tmp_path))) as site:
        assert await site.raw("GET /healthz HTTP/1.1") == 200


async def test_aiohttp_is_put_together_as_this_server_expects(site: Site) -> None:
    assert isinstance(site.server, Server)
    assert isinstance(site.server(), Connection)
    assert site.server._kwargs["auto_decompress"] is False
    assert site.server._kwargs["access_log"] is None
