"""What every answer has: one shape for errors, whatever went wrong, and the security headers."""

import asyncio

import aiohttp
import pytest

from signaling.http.content import PIECE_BYTES
from signaling.kernel.content import Content
from signaling.kernel.errors import Damaged
from storage.calls import telemedicine_sessions
from storage.errors import DatabaseUnavailable, InvalidCursor, StorageError
from tests.signaling.conftest import API, TELEMEDICINE, Site


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code", "detail"),
    [
        (
            b"{",
            "application/json",
            400,
            "invalid_json",
            "The body is no JSON: Input data was truncated.",
        ),
        (
            b"",
            "application/json",
            400,
            "invalid_json",
            "The body is no JSON: Input data was truncated.",
        ),
        (b'{"patient_id": "\xff"}', "application/json", 400, "invalid_json", None),
        (b'{"x":' * 10_000, "application/json", 422, "invalid_body", None),
        (b"[]", "application/json", 422, "invalid_body", "Expected 'object', got 'array'."),
        (
            b"{}",
            "application/json",
            422,
            "invalid_body",
            "Object missing required field 'patient_id'.",
        ),
        (
            b'{"patient_id": 7}',
            "application/json",
            422,
            "invalid_body",
            "patient_id: Expected 'str', got 'int'.",
        ),
        (
            b'{"patient_id": "p", "recording_enabled": "yes"}',
            "application/json",
            422,
            "invalid_body",
            "recording_enabled: Expected 'bool', got 'str'.",
        ),
        (
            b'{"patient_id": "p", "recoding_enabled": true}',
            "application/json",
            422,
            "invalid_body",
            "Object contains unknown field 'recoding_enabled'.",
        ),
        (b'{"patient_id": ""}', "application/json", 422, "invalid_body", None),
        (b"{}", "text/plain", 415, "unsupported_media_type", None),
        (
            b'{"patient_id": "' + b"x" * 70_000 + b'"}',
            "application/json",
            413,
            "content_too_large",
            None,
        ),
    ],
)
async def test_a_body_that_is_wrong_is_told_by_field(
    site: Site, body: bytes, content_type: str, status: int, code: str, detail: str | None
) -> None:
    headers = {**await site.headers("provider"), "Content-Type": content_type}
    async with site.client.post(
        f"{TELEMEDICINE}/call/initiate", data=body, headers=headers
    ) as response:
        problem = await site.problem(response)
        assert (response.status, problem["code"]) == (status, code)
        assert detail is None or problem["detail"] == detail


async def test_compressed_bodies_are_refused(site: Site) -> None:
    headers = {
        **await site.headers("provider"),
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    async with site.client.post(
        f"{TELEMEDICINE}/call/initiate",
        data=b"",
        headers=headers,
        skip_auto_headers=["Accept-Encoding"],
    ) as response:
        assert response.status in {400, 415}


@pytest.mark.parametrize(
    "path", ["/nothing", "/a/b/c", f"{API}/none", f"{TELEMEDICINE}/calls/x/y", "/assets/../x"]
)
async def test_an_unknown_address_is_a_404_of_the_same_shape(site: Site, path: str) -> None:
    async with site.client.get(path) as response:
        assert response.status == 404
        assert (await site.problem(response))["code"] == "not_found"


async def test_a_wrong_method_names_the_right_one(site: Site) -> None:
    async with site.client.get(f"{TELEMEDICINE}/call/end") as response:
        assert response.headers["Allow"] == "POST"
        problem = await site.problem(response)
        assert (problem["status"], problem["detail"]) == (405, "GET is not possible here; POST is.")
    async with site.client.delete("/healthz") as response:
        assert response.status == 405


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DatabaseUnavailable("away"), 503, "database_unavailable"),
        (StorageError("disk full"), 503, "storage_error"),
        (InvalidCursor("no cursor"), 400, "invalid_cursor"),
        (TimeoutError(), 503, "timeout"),
        (ZeroDivisionError("secret detail"), 500, "internal_error"),
    ],
)
async def test_failures_below_are_told_without_their_insides(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(telemedicine_sessions, "history", fails)
    async with site.client.get(
        f"{TELEMEDICINE}/calls", headers=await site.headers("provider")
    ) as response:
        problem = await site.problem(response)
        assert (response.status, problem["code"]) == (status, code)
        assert "secret" not in problem["detail"]


async def test_a_body_that_does_not_come_is_a_408(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.http.endpoint.BODY_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.client.port)
    head = (
        f"POST {API}/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 9\r\n\r\n"
    )
    writer.write(head.encode() + b"{")
    assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    writer.close()


class Torn(Content):
    """Of its two pieces only the first can be read."""

    size = 2 * PIECE_BYTES

    async def read(self, start: int, length: int) -> bytes:
        if start:
            raise Damaged("recording_damaged")
        return bytes(length)

    async def accessed(self, start: int, length: int) -> None: ...

    def close(self) -> None: ...


async def test_a_file_that_breaks_off_is_cut_and_not_completed_with_an_error(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def media(*_: object) -> Content:
        return Torn(tag="t", media_type="video/webm", download_name=None)

    monkeypatch.setattr(site.services.playbacks, "media", media)
    path = f"{TELEMEDICINE}/recordings/r/parts/p/media"
    async with site.client.get(path, headers=await site.headers("compliance")) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_every_answer_carries_the_security_headers(site: Site) -> None:
    for path in ("/", "/nothing", "/healthz", "/assets/index-1a2b.js"):
        async with site.client.get(path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Server"] == "carelay"
            assert "camera=(self)" in response.headers["Permissions-Policy"]
    async with site.client.get(f"{TELEMEDICINE}/settings") as response:
        assert response.headers["Cache-Control"] == "no-store"
