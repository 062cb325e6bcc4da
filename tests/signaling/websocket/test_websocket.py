"""The WebSocket of a signed-in user, on a real socket: whose it is, what it refuses, and
when it closes.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from sqlalchemy import select

from signaling import config
from signaling.calls import leaving
from signaling.calls.messages import CallInvitation
from signaling.identity.messages import Welcome
from signaling.kernel import hub, limits
from signaling.kernel.messages import MAX_MESSAGE_BYTES
from signaling.kernel.words import Role
from signaling.websocket import endpoint, socket
from signaling.websocket.socket import MAX_QUEUED, ClientSocket
from storage.models import Consent
from tests.patience import PATIENCE, until
from tests.signaling.conftest import API, TELEMEDICINE, Site, configuration, open_site
from tests.signaling.manual_clock import START
from tests.signaling.practice import all_written
from tests.support.platform import AUDIENCE, ISSUER

SECRET = "a shared secret of the host platform, long enough"


@pytest.fixture
async def token_site(tmp_path: Path) -> AsyncIterator[Site]:
    bearer = config.Jwt(secret=SECRET, issuer=ISSUER, audience=AUDIENCE)
    async with open_site(configuration(tmp_path, jwt=bearer)) as site:
        yield site


def token(user_id: str, role: Role, *, expires_in: float = 3600, secret: str = SECRET) -> str:
    expires = datetime.now(UTC) + timedelta(seconds=expires_in)
    claims = {
        "sub": user_id,
        "role": role,
        "name": "A Name",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": expires,
    }
    return jwt.encode(claims, secret, "HS256")


async def connect(site: Site, role: Role, user_id: str | None = None) -> ClientWebSocketResponse:
    """Signed in by cookie, as a page of this server."""
    headers = await site.headers(role)
    return await site.client.ws_connect(f"{TELEMEDICINE}/ws/{user_id or role}", headers=headers)


async def receive(ws: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next message of that type; others are skipped."""
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await ws.receive()
            assert message.type is WSMsgType.TEXT, (
                f"{message.type} {message.data} while waiting for {kind}"
            )
            decoded: dict[str, Any] = json.loads(message.data)
            if decoded["type"] == kind:
                return decoded


async def close_code(ws: ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(PATIENCE):
        while not ws.closed:
            await ws.receive()
    return ws.close_code


async def test_a_signed_in_page_is_welcomed(site: Site) -> None:
    ws = await connect(site, "patient")
    welcome = await receive(ws, "welcome")
    assert (welcome["user_id"], welcome["role"]) == ("patient", "patient")
    assert site.services.hub.is_connected("patient")
    await ws.close()
    await until(lambda: not site.services.hub.is_connected("patient"))


async def test_the_path_must_be_ones_own(site: Site) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect(site, "patient", "provider")
    assert refused.value.status == 403


async def test_a_foreign_page_cannot_use_our_cookie(site: Site) -> None:
    headers = await site.headers("patient") | {"Origin": "https://evil.example"}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await site.client.ws_connect(f"{TELEMEDICINE}/ws/patient", headers=headers)
    assert refused.value.status == 403


async def test_a_cookie_that_no_longer_counts(site: Site) -> None:
    headers = await site.headers("patient")
    await site.clock.leap(3600)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await site.client.ws_connect(f"{TELEMEDICINE}/ws/patient", headers=headers)
    assert refused.value.status == 401


async def test_a_page_of_another_site_authenticates_by_its_first_message(token_site: Site) -> None:
    ws = await token_site.client.ws_connect(f"{TELEMEDICINE}/ws/p-1")
    await ws.send_json({"type": "authenticate", "token": token("p-1", "patient")})
    assert (await receive(ws, "welcome"))["user_id"] == "p-1"
    await ws.send_json({"type": "authenticate", "token": token("p-1", "patient")})
    assert (await receive(ws, "error"))["code"] == "already_signed_in"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"type": "authenticate", "token": token("p-2", "patient")}, 4403),
        ({"type": "authenticate", "token": token("p-1", "patient", expires_in=-60)}, 4401),
        ({"type": "authenticate", "token": token("p-1", "patient", secret=SECRET[::-1])}, 4401),
        ({"type": "authenticate", "token": "nonsense"}, 4401),
        ({"type": "call_start", "room_id": "r"}, 4401),
        ({"type": "nonsense"}, 4401),
    ],
)
async def test_a_first_message_that_does_not_sign_in(
    token_site: Site, first: dict[str, str], code: int
) -> None:
    ws = await token_site.client.ws_connect(f"{TELEMEDICINE}/ws/p-1")
    await ws.send_json(first)
    assert (await receive(ws, "error"))["in_reply_to"] == "authenticate"
    assert await close_code(ws) == code


async def test_nobody_stays_without_signing_in(
    token_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "AUTHENTICATE_SECONDS", 0.05)
    ws = await token_site.client.ws_connect(f"{TELEMEDICINE}/ws/p-1")
    assert await close_code(ws) == 4408


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("{", "invalid_json", "truncated"),
        ("[]", "invalid_message", "array"),
        ('{"type": "dance"}', "invalid_message", "dance"),
        ('{"type": "call_start"}', "invalid_message", "room_id"),
        ('{"type": "call_start", "room_id": 7}', "invalid_message", "$.room_id"),
        ('{"type": "call_start", "room_id": "r", "colour": "red"}', "invalid_message", "colour"),
        ('{"type": "answer", "room_id": "r", "sdp": "v=0"}', "unexpected_answer", "never offers"),
        ('{"type": "call_start", "room_id": "never-was"}', "unknown_room", "room id"),
        ('{"type": "offer", "room_id": "never-was", "sdp": "v=0"}', "unknown_room", "room id"),
        ('{"type": "call_end", "room_id": "never-was"}', "unknown_room", "room id"),
        (
            '{"type": "pictures", "room_id": "r", "pictures": {"sends": "huge"}}',
            "invalid_message",
            "$.pictures.sends",
        ),
        ('{"type": "pictures", "room_id": "r"}', "invalid_message", "pictures"),
        ('{"type": "pictures", "room_id": "r", "pictures": {}}', "unknown_room", "room id"),
    ],
)
async def test_a_wrong_message_is_named_and_the_socket_stays(
    site: Site, text: str, code: str, named: str
) -> None:
    ws = await connect(site, "patient")
    await ws.send_str(text)
    error = await receive(ws, "error")
    assert error["code"] == code
    assert named in error["detail"]
    await ws.send_json({"type": "ice_candidate", "room_id": "r", "candidate": ""})
    await ws.send_str("again")
    assert (await receive(ws, "error"))["code"] == "invalid_json"


async def test_an_error_says_what_it_refuses(site: Site) -> None:
    ws = await connect(site, "patient")
    await ws.send_json({"type": "offer", "room_id": "room", "sdp": "v=0"})
    error = await receive(ws, "error")
    assert (error["in_reply_to"], error["room_id"]) == ("offer", "room")


async def test_a_page_that_is_wrong_all_the_time_is_closed(site: Site) -> None:
    ws = await connect(site, "patient")
    for _ in range(12):
        await ws.send_str("{")
    assert await close_code(ws) == 1008


async def test_a_message_that_is_too_large_closes_the_socket(site: Site) -> None:
    ws = await connect(site, "patient")
    await ws.send_str("x" * (MAX_MESSAGE_BYTES + 1))
    assert await close_code(ws) == 1009


async def test_a_page_that_is_too_fast_is_told_so(site: Site) -> None:
    ws = await connect(site, "patient")
    for _ in range(80):
        await ws.send_json({"type": "ice_candidate", "room_id": "r", "candidate": ""})
    assert (await receive(ws, "error"))["code"] == "too_many_messages"


async def test_a_person_is_as_slow_with_many_sockets_as_with_one(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "message", (10, 0.001))
    for _ in range(2):
        ws = await connect(site, "patient")
        for _ in range(8):
            await ws.send_json({"type": "ice_candidate", "room_id": "r", "candidate": ""})
    assert (await receive(ws, "error"))["code"] == "too_many_messages"


async def test_hanging_up_and_withdrawing_consent_are_heard_however_fast_somebody_is(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "message", (4, 0.001))
    monkeypatch.setitem(limits.RATES, "consent", (1, 0.001))
    provider, patient = await connect(site, "provider"), await connect(site, "patient")
    url = f"{TELEMEDICINE}/call"
    headers = {role: await site.headers(role) for role in ("provider", "patient")}
    body = {"patient_id": "patient", "recording_enabled": True}
    initiated = await site.client.post(f"{url}/initiate", json=body, headers=headers["provider"])
    room_id = (await initiated.json())["room_id"]
    accept = {"room_id": room_id, "recording_consent": True}
    await site.client.post(f"{url}/accept", json=accept, headers=headers["patient"])
    await patient.send_json({"type": "call_start", "room_id": room_id})
    await receive(patient, "call_joined")
    consent = {"type": "recording_consent", "room_id": room_id}
    await patient.send_json({**consent, "recording_consent": False})
    await patient.send_json({**consent, "recording_consent": True})
    await patient.send_json({**consent, "recording_consent": False})
    await patient.send_json({**consent, "recording_consent": True})
    assert (await receive(patient, "error"))["code"] == "too_many_requests"
    for _ in range(8):
        await patient.send_json({"type": "ice_candidate", "room_id": room_id, "candidate": ""})
    assert (await receive(patient, "error"))["code"] == "too_many_messages"
    await patient.send_json({**consent, "recording_consent": False})
    await patient.send_json({"type": "call_end", "room_id": room_id})
    assert (await receive(provider, "call_ended"))["reason"] == "hung_up"
    await all_written(site.services.calls)
    async with site.services.database.reading() as tx:
        decisions = (await tx.scalars(select(Consent).order_by(Consent.id))).all()
    said = [row.decision for row in decisions if row.user_id == "patient"]
    assert said == ["given", "withdrawn", "given", "withdrawn"]


async def test_a_page_that_stops_a_recording_all_the_time_and_in_vain_is_closed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "message", (4, 0.001))
    await connect(site, "provider")
    patient = await connect(site, "patient")
    initiated = await site.client.post(
        f"{TELEMEDICINE}/call/initiate",
        json={"patient_id": "patient", "recording_enabled": True},
        headers=await site.headers("provider"),
    )
    room_id = (await initiated.json())["room_id"]
    for _ in range(30):  # from a page that does not carry the call
        await patient.send_json({"type": "off_the_record", "room_id": room_id, "off": True})
    assert (await receive(patient, "error"))["code"] == "not_joined"
    assert await close_code(patient) == 1008


async def test_an_expired_sign_in_closes_the_socket_but_not_during_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "EXPIRY_CHECK_SECONDS", 0.02)
    calls = config.Calls(reconnect_seconds=3600)  # there is no media here
    async with open_site(configuration(tmp_path, calls=calls)) as site:
        await expired_during_a_call(site)


async def expired_during_a_call(site: Site) -> None:
    provider, patient, idle = [
        await connect(site, role) for role in ("provider", "patient", "admin")
    ]
    url = f"{TELEMEDICINE}/call"
    headers = {role: await site.headers(role) for role in ("provider", "patient")}
    # So that the call's longest duration is not over at the same moment.
    await site.clock.advance(60)
    initiated = await site.client.post(
        f"{url}/initiate", json={"patient_id": "patient"}, headers=headers["provider"]
    )
    room_id = (await initiated.json())["room_id"]
    assert (await receive(patient, "call_invitation"))["room_id"] == room_id
    accept = {"room_id": room_id, "recording_consent": False}
    await site.client.post(f"{url}/accept", json=accept, headers=headers["patient"])
    for ws in (provider, patient):
        await ws.send_json({"type": "call_start", "room_id": room_id})
        await receive(ws, "call_joined")
    assert (await receive(provider, "participants"))["participants"][1]["joined"] is True
    await site.clock.advance(3539)
    await site.clock.advance(1)
    assert await close_code(idle) == 4401
    await patient.send_json({"type": "media_state", "room_id": room_id, "media": {"camera": False}})
    assert (await receive(provider, "participants"))["participants"][1]["media"]["camera"] is False
    await patient.send_json({"type": "call_end", "room_id": room_id})
    assert (await receive(provider, "call_ended"))["duration_minutes"] == 59
    closing = asyncio.create_task(close_code(provider))
    while not closing.done():  # the call may carry on for a moment after its end was told
        await site.clock.advance(endpoint.AFTERWARDS.total_seconds())
        await asyncio.wait({closing}, timeout=0.05)
    assert closing.result() == 4401


async def test_signing_out_closes_the_sockets_of_that_browser_and_no_other(site: Site) -> None:
    browser = await site.headers("patient")
    tab = await site.client.ws_connect(f"{TELEMEDICINE}/ws/patient", headers=browser)
    phone = await connect(site, "patient")
    await receive(tab, "welcome")
    await site.client.post(f"{API}/auth/logout", headers=browser)
    assert await close_code(tab) == 4401
    await phone.send_str("{")
    assert (await receive(phone, "error"))["code"] == "invalid_json"


async def test_one_user_cannot_open_windows_without_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MAX_SOCKETS_OF_A_USER", 2)
    windows = [await connect(site, "patient") for _ in range(3)]
    assert await close_code(windows[2]) == 4429
    await windows[0].close()
    await until(lambda: not site.services.hub.is_full("patient"))
    await receive(await connect(site, "patient"), "welcome")
    await receive(await connect(site, "provider"), "welcome")


async def test_a_server_that_stops_says_so(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path)) as site:
        ws = await connect(site, "patient")
        await receive(ws, "welcome")
        await site.services.sockets.close()
        assert await close_code(ws) == 1001


async def test_a_mistake_of_ours_closes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr(leaving, "hang_up", broken)
    ws = await connect(site, "patient")
    for _ in range(2):
        await ws.send_json({"type": "call_end", "room_id": "room"})
        assert (await receive(ws, "error"))["code"] == "internal_error"


class Clogged:
    """A connection whose reader has stopped reading:
    a real one would need megabytes to fill its buffers.
    """

    def __init__(self) -> None:
        self.closed_with: int | None = None

    async def send_str(self, _text: str) -> None:
        await asyncio.Event().wait()

    # aiohttp's signature.
    async def close(self, *, code: int, message: bytes) -> None:  # noqa: ARG002
        self.closed_with = code


async def test_a_reader_that_is_too_slow_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "SEND_SECONDS", 0.05)
    clogged = Clogged()
    page = ClientSocket(clogged, None, START)  # type: ignore[arg-type]  # no actor is asked for
    writer = asyncio.create_task(page.run_writer())
    for _ in range(MAX_QUEUED + 2):
        page.send(Welcome(user_id="u", name="n", role="patient", server_time=START))
    await writer
    assert clogged.closed_with == 4413


async def test_no_name_of_a_person_reaches_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    ws = await connect(site, "patient")
    await ws.send_str('{"type": "call_start", "room_id": "secret room"')
    await receive(ws, "error")
    assert "secret room" not in caplog.text
    assert "Name of patient" not in caplog.text
    assert CallInvitation.__name__ not in caplog.text
