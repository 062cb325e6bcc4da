"""Files of a chat over HTTP: read as they come, refused early, and handed out to be saved only."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.patience import until
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.test_outsiders import headers, ringing

MB = 2**20
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 4
NAME = 'B\u00e9richt "\u5831\u544a"; x.pdf'


async def calling(site: Site) -> tuple[str, dict[str, str]]:
    """A call that runs, and what its patient's page sends."""
    room_id = await ringing(site)
    patient = await headers(site, "patient", "patient")
    accepted = {"room_id": room_id, "recording_consent": False}
    path = f"{TELEMEDICINE}/call/accept"
    async with site.client.post(path, json=accepted, headers=patient) as response:
        assert response.status == 200
    return room_id, patient


def sending(name: str = NAME, media_type: str = "application/octet-stream") -> dict[str, str]:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Type": media_type, "Content-Disposition": disposition}


def path_of(room_id: str, client_id: str = "first-file") -> str:
    return f"{TELEMEDICINE}/calls/{room_id}/chat/files?client_id={client_id}"


async def sent(site: Site, room_id: str, patient: dict[str, str], body: Any) -> dict[str, Any]:
    more = patient | sending()
    async with site.client.post(path_of(room_id), data=body, headers=more) as response:
        assert response.status == 200, await response.text()
        found: dict[str, Any] = (await response.json())["message"]["file"]
    return found


async def begun(
    site: Site, path: str, patient: dict[str, str], length: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which everything was sent but the body."""
    streams = await asyncio.open_connection(site.client.host, site.client.port)
    host = site.origin.removeprefix("http://")
    told = patient | sending() | {"Host": host, "Content-Length": str(length)}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    streams[1].write("\r\n".join([*lines, "", ""]).encode())
    return streams


def in_folder(site: Site) -> list[Path]:
    return [*(site.services.recordings.archive.folder / "chat-files").glob("*")]


async def test_a_file_comes_back_as_it_was_to_be_saved_and_never_shown(site: Site) -> None:
    room_id, patient = await calling(site)
    file = await sent(site, room_id, patient, PDF)
    path = f"{TELEMEDICINE}/calls/{room_id}/chat/files/{file['file_id']}"
    async with site.client.get(path, headers=patient) as response:
        assert await response.read() == PDF
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="B_richt _____ x.pdf"; '
        "filename*=UTF-8''B%C3%A9richt%20%22%E5%A0%B1%E5%91%8A%22%3B%20x.pdf"
    )
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


async def test_twenty_megabytes_pass_and_twenty_one_are_refused_before_they_are_read(
    site: Site,
) -> None:
    room_id, patient = await calling(site)
    whole = PDF + bytes(20 * MB - len(PDF))
    file = await sent(site, room_id, patient, io.BytesIO(whole))
    path = f"{TELEMEDICINE}/calls/{room_id}/chat/files/{file['file_id']}"
    async with site.client.get(path, headers=patient) as response:
        digest = hashlib.sha256(await response.read()).digest()
    assert digest == hashlib.sha256(whole).digest()
    reader, writer = await begun(site, path_of(room_id, "too-large"), patient, 21 * MB)
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
    assert head.split()[1] == b"413", "answered although nothing of it was sent"
    writer.close()


async def test_one_that_does_not_say_how_long_it_is_ends_at_the_limit(site: Site) -> None:
    room_id, patient = await calling(site)

    async def pieces() -> AsyncIterator[bytes]:
        yield PDF
        for _ in range(21 * 4):
            yield bytes(MB // 4)

    more = patient | sending()
    async with site.client.post(path_of(room_id), data=pieces(), headers=more) as response:
        problem = await site.problem(response)
    assert (problem["status"], problem["code"]) == (413, "file_too_large")
    assert problem["detail"] == "A file may have 20 MB."
    assert in_folder(site) == []


async def test_a_connection_that_breaks_leaves_nothing(site: Site) -> None:
    room_id, patient = await calling(site)
    _, writer = await begun(site, path_of(room_id), patient, MB)
    writer.write(PDF + bytes(MB // 2))
    await until(lambda: in_folder(site))
    writer.close()
    await until(lambda: not in_folder(site))


@pytest.mark.parametrize(
    ("changed", "code", "reason"),
    [
        ({"Content-Type": "text/plain"}, "unsupported_media_type", "file"),
        ({"Content-Type": "multipart/form-data"}, "unsupported_media_type", "file"),
        ({"Content-Encoding": "gzip"}, "unsupported_media_type", "file"),
        ({"Content-Disposition": "attachment; filename*=UTF-8''%ff"}, "invalid_parameter", None),
        ({"Content-Disposition": ""}, None, None),
        (sending("picture.png"), "file_mislabelled", None),
    ],
)
async def test_what_is_wrong_with_it_is_named(
    site: Site, changed: dict[str, str], code: str | None, reason: str | None
) -> None:
    room_id, patient = await calling(site)
    more = patient | sending() | changed
    async with site.client.post(path_of(room_id), data=PDF, headers=more) as response:
        if code is None:
            assert (await response.json())["message"]["file"]["name"] == "file.pdf"
            return
        problem = await site.problem(response)
    assert (problem["code"], problem.get("reason")) == (code, reason)
