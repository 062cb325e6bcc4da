"""The HTTP API as a whole: one shape for errors, headers on everything, roles, calls
and recordings through it.
"""

import asyncio
import resource
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest
from sqlalchemy import select

from signaling import config
from signaling.http.content import PIECE_BYTES
from signaling.identity.cookies import SESSION
from signaling.kernel.content import Content
from signaling.kernel.errors import Damaged
from signaling.kernel.words import Role
from signaling.ops import readiness
from storage import properties, telemedicine_sessions
from storage.errors import DatabaseUnavailable, InvalidCursor, StorageError
from storage.models import AuditRow
from storage.vault.place import MARKER
from tests.signaling.conftest import API, PASSWORD, TELEMEDICINE, Site, configuration, open_site

# --- errors


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


# --- roles


MAY: dict[tuple[str, str], set[str]] = {
    ("GET", f"{TELEMEDICINE}/patients"): {"provider"},
    ("GET", f"{TELEMEDICINE}/recordings"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/recordings/none"): {"compliance"},
    ("POST", f"{TELEMEDICINE}/recordings/none/playback"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/recordings/none/parts/none/media"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/recordings/none/parts/none/download"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/ops/rooms"): {"ops", "admin"},
    ("GET", f"{TELEMEDICINE}/calls"): {"patient", "provider", "compliance", "admin"},
}


@pytest.mark.parametrize("role", get_args(Role))
async def test_each_role_reaches_what_is_its_own(site: Site, role: Role) -> None:
    headers = await site.headers(role)
    for (method, path), allowed in MAY.items():
        async with site.client.request(method, path, headers=headers) as response:
            code = "none" if response.ok else (await site.problem(response))["code"]
            assert (code != "forbidden") == (role in allowed), (
                f"{role} {path}: {response.status} {code}"
            )
        async with site.client.request(method, path) as response:
            assert response.status == 401


async def test_a_refused_recording_is_in_the_audit_log(site: Site) -> None:
    path = f"{TELEMEDICINE}/recordings/none/playback"
    async with site.client.post(path, headers=await site.headers("provider")) as response:
        assert response.status == 403
    async with site.services.database.transaction() as tx:
        row = (await tx.scalars(select(AuditRow))).one()
    assert (row.action, row.actor_id, row.address) == ("recording.denied", "provider", "127.0.0.1")


async def test_a_refusal_is_in_the_audit_log_whatever_the_client_calls_itself(site: Site) -> None:
    cookie = (await site.headers("provider"))["Cookie"]
    head = f"GET {TELEMEDICINE}/recordings HTTP/1.1\r\nCookie: {cookie}\r\nUser-Agent: \xffoe"
    assert await site.raw(head) == 403
    async with site.services.database.transaction() as tx:
        row = (await tx.scalars(select(AuditRow))).one()
    assert (row.action, row.user_agent) == ("recording.denied", "\ufffdoe")


# --- calls through HTTP


Post = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


def poster(site: Site) -> Post:
    async def post(role: Role, path: str, **body: object) -> tuple[int, dict[str, Any]]:
        url = f"{TELEMEDICINE}/call/{path}"
        async with site.client.post(url, json=body, headers=await site.headers(role)) as response:
            return response.status, await response.json(content_type=None)

    return post


async def test_a_call_from_invitation_to_history(site: Site) -> None:
    post = poster(site)
    await site.headers("patient")
    status, initiated = await post(
        "provider", "initiate", patient_id="patient", recording_enabled=True
    )
    room_id = initiated["room_id"]
    assert (status, initiated["status"]) == (200, "invitation_sent")
    assert await post("patient", "accept", room_id=room_id, recording_consent=False) == (
        200,
        {"status": "accepted"},
    )
    status, raised = await post("patient", "emergency", room_id=room_id)
    assert (status, raised["phone"]) == (200, "112")
    await site.clock.advance(50)
    assert await post("provider", "end", room_id=room_id) == (
        200,
        {"status": "ended", "duration_seconds": 50, "duration_minutes": 0},
    )
    async with site.client.get(
        f"{TELEMEDICINE}/calls", headers=await site.headers("patient")
    ) as response:
        calls = (await response.json())["calls"]
    assert [(call["call_status"], call["provider_name"]) for call in calls] == [
        ("ended", "Name of provider")
    ]
    async with site.client.get(
        f"{TELEMEDICINE}/calls/{room_id}", headers=await site.headers("provider")
    ) as response:
        assert (await response.json())["recording_consent_given"] is False


async def test_a_declined_call(site: Site) -> None:
    post = poster(site)
    await site.headers("patient")
    _, initiated = await post("provider", "initiate", patient_id="patient")
    assert await post("patient", "decline", room_id=initiated["room_id"]) == (
        200,
        {"status": "declined"},
    )


async def test_an_unknown_room_and_an_unknown_patient_are_404(site: Site) -> None:
    post = poster(site)
    for role, path, body in (
        ("provider", "initiate", {"patient_id": "nobody"}),
        ("patient", "accept", {"room_id": "none", "recording_consent": True}),
        ("provider", "end", {"room_id": "none"}),
    ):
        status, problem = await post(role, path, **body)
        assert (status, problem["status"]) == (404, 404)


async def test_a_page_cursor_of_somebody_else_is_a_400(site: Site) -> None:
    path = f"{TELEMEDICINE}/calls?cursor=made-up"
    async with site.client.get(path, headers=await site.headers("provider")) as response:
        assert (await site.problem(response))["code"] == "invalid_cursor"


async def test_patients_are_listed_with_their_presence(site: Site) -> None:
    await site.headers("patient")
    await site.add_user("demo", "patient", demo=True)
    async with site.client.get(
        f"{TELEMEDICINE}/patients", headers=await site.headers("provider")
    ) as response:
        patients = (await response.json())["patients"]
    assert patients == [
        {"user_id": "patient", "name": "Name of patient", "online": False, "last_call_at": None},
    ]


async def test_patients_of_load_tests_are_not_listed_among_people(site: Site) -> None:
    await site.headers("patient")
    await site.add_user("load/patient/1", "patient")
    await site.add_user("load/provider/1", "provider")
    login = {"username": "load/provider/1", "password": PASSWORD}
    async with site.client.post(
        f"{API}/auth/login", json=login, headers={"Origin": site.origin}
    ) as response:
        load_provider = {"Cookie": f"{SESSION.plain}={response.cookies[SESSION.plain].value}"}
    for headers, name in (
        (await site.headers("provider"), "patient"),
        (load_provider, "load/patient/1"),
    ):
        async with site.client.get(f"{TELEMEDICINE}/patients", headers=headers) as response:
            assert [patient["name"] for patient in (await response.json())["patients"]] == [
                f"Name of {name}"
            ]


async def test_a_websocket_opens_with_the_cookie_and_welcomes(site: Site) -> None:
    headers = await site.headers("patient")
    async with site.client.ws_connect(f"{TELEMEDICINE}/ws/patient", headers=headers) as socket:
        welcome = await socket.receive_json()
        assert (welcome["type"], welcome["user_id"]) == ("welcome", "patient")


async def test_a_server_that_stops_tells_both_sides_why(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path)) as site:
        await site.headers("patient")
        _, initiated = await poster(site)("provider", "initiate", patient_id="patient")
        url = f"{TELEMEDICINE}/ws/provider"
        async with site.client.ws_connect(url, headers=await site.headers("provider")) as socket:
            await socket.send_json({"type": "call_start", "room_id": initiated["room_id"]})
            async for message in socket:
                if message.json()["type"] == "call_joined":
                    break
            stopping = asyncio.create_task(site.client.server.close())
            received = [message.json() async for message in socket]
            await stopping
        ended = [message for message in received if message["type"] == "call_ended"]
        assert [message["reason"] for message in ended] == ["server_restart"]


# --- settings and operations


async def test_settings_are_open_but_turn_credentials_are_not(tmp_path: Path) -> None:
    ice = config.Ice(
        stun_servers=("stun:s.example",),
        turn_servers=("turn:t.example",),
        turn_static_auth_secret="north",
    )
    async with open_site(configuration(tmp_path, ice=ice)) as site:
        async with site.client.get(f"{TELEMEDICINE}/settings") as response:
            settings = await response.json()
            assert settings["ice_servers"] == []
            assert settings["recording_available"] is True
            assert settings["demo"] is False
        async with site.client.get(
            f"{TELEMEDICINE}/settings", headers=await site.headers("patient")
        ) as response:
            stun, turn = (await response.json())["ice_servers"]
    assert stun == {"urls": ["stun:s.example"]}
    assert turn["username"].partition(":")[0].isdigit()
    assert turn["credential"]


async def test_health_and_readiness(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async with site.client.get("/healthz") as response:
        assert await response.json() == {"status": "ok"}
    async with site.client.get("/readyz") as response:
        assert (response.status, (await response.json())["ready"]) == (200, True)


async def checks_of(site: Site) -> dict[str, str]:
    async with site.client.get("/readyz") as response:
        body = await response.json()
        assert response.status == (200 if body["ready"] else 503)
        checks: dict[str, str] = body["checks"]
        return checks


async def test_a_full_disk_is_not_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files end at 100 bytes: the same errors of the same calls as on a full disk."""
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    assert await checks_of(site) == {"database": "ok", "recording": "ok"}
    await site.clock.advance(1)  # what does not change is not written
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        found = await checks_of(site)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found == {"database": "cannot be reached or written", "recording": "cannot be written"}
    assert await checks_of(site) == {"database": "ok", "recording": "ok"}
    assert [path.name for path in site.services.config.recordings_path.iterdir()] == [MARKER], (
        "the probe is removed"
    )


async def test_recordings_that_are_not_mounted_are_not_ready_and_only_the_log_tells_where_they_were(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    folder = site.services.config.recordings_path
    folder.rename(folder.with_name("volume"))
    for _ in range(3):
        assert (await checks_of(site))["recording"] == "is not there"
    assert (
        caplog.text.count(f"not ready: recording is not there: The folder {folder} is not where")
        == 1
    )
    folder.with_name("volume").rename(folder)
    assert (await checks_of(site))["recording"] == "ok"


async def test_what_a_database_says_of_itself_is_told_to_the_log_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    said = 'password authentication failed for user "carelay_live" at 10.1.2.3'

    async def refuse(*_: object) -> None:
        raise DatabaseUnavailable(said)

    monkeypatch.setattr(properties, "put", refuse)
    assert (await checks_of(site))["database"] == "cannot be reached or written"
    assert said in caplog.text


async def test_many_questions_whether_it_is_ready_write_once(site: Site) -> None:
    async def rows() -> str | None:
        async with site.services.database.reading() as tx:
            return await properties.value(tx, properties.PROBED_AT)

    await checks_of(site)
    first = await rows()
    await site.clock.advance(1)
    await asyncio.gather(*(checks_of(site) for _ in range(20)))
    assert await rows() == first is not None


async def test_a_disk_that_hangs_is_not_ready_and_is_not_asked_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.2)
    released, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        released.wait(60)

    monkeypatch.setattr(site.services.recordings.archive.place, "probe", hang)
    try:
        for _ in range(3):
            assert (await checks_of(site))["recording"] == "does not answer"
        assert len(asked) == 1
    finally:
        released.set()


async def test_operations_staff_see_streams_and_no_people(site: Site) -> None:
    post = poster(site)
    await site.headers("patient")
    _, initiated = await post("provider", "initiate", patient_id="patient")
    await post("patient", "accept", room_id=initiated["room_id"], recording_consent=False)
    async with site.client.get(
        f"{TELEMEDICINE}/ops/rooms", headers=await site.headers("ops")
    ) as response:
        text = await response.text()
        body = await response.json()
    roles = [member["role"] for room in body["rooms"] for member in room["participants"]]
    assert roles in ([], ["provider", "patient"])
    assert initiated["room_id"] not in text
    assert "Name of" not in text
