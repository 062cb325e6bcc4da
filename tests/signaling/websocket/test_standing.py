"""Who is disabled or given another role has nothing open any more, whoever changed it."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from signaling import config
from signaling.kernel.words import Role
from signaling.websocket import standing
from storage.database import Database
from storage.models import User
from storage.people import users
from tests.patience import until
from tests.signaling.conftest import API, TELEMEDICINE, Site, configuration, open_site
from tests.signaling.manual_clock import START
from tests.support.platform import AUDIENCE, ISSUER
from tests.support.stored import events_since_start

SECRET = "a shared secret of thirty-two bytes or more"
NOW = int(time.time())


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "CHECK_SECONDS", 0.02)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    bearer = config.Jwt(
        issuer=ISSUER, audience=AUDIENCE, secret=SECRET, roles=("patient", "ops", "admin")
    )
    async with open_site(configuration(tmp_path, jwt=bearer)) as site:
        yield site


@pytest.fixture
async def elsewhere(site: Site) -> AsyncIterator[Database]:
    """Another process at the same database."""
    database = await Database.open(site.services.config.database_url)
    yield database
    await database.close()


async def connect(site: Site, role: Role) -> ClientWebSocketResponse:
    ws = await site.client.ws_connect(f"{TELEMEDICINE}/ws/{role}", headers=await site.headers(role))
    assert (await ws.receive_json())["type"] == "welcome"
    return ws


async def rest(ws: ClientWebSocketResponse) -> list[dict[str, Any]]:
    """What is said until the server closes."""
    async with asyncio.timeout(20):
        return [message.json() async for message in ws if message.type is WSMsgType.TEXT]


async def close_code(ws: ClientWebSocketResponse) -> int | None:
    """Once the server closes it."""
    async for _ in ws:
        pass
    return ws.close_code


async def running_call(site: Site) -> tuple[str, ClientWebSocketResponse, ClientWebSocketResponse]:
    """Room, provider's socket, patient's."""
    provider, patient = await connect(site, "provider"), await connect(site, "patient")
    url = f"{TELEMEDICINE}/call"
    headers = {role: await site.headers(role) for role in ("provider", "patient")}
    reply = await site.client.post(
        f"{url}/initiate", json={"patient_id": "patient"}, headers=headers["provider"]
    )
    room_id = str((await reply.json())["room_id"])
    accept = {"room_id": room_id, "recording_consent": False}
    accepted = await site.client.post(f"{url}/accept", json=accept, headers=headers["patient"])
    assert accepted.status == 200
    for ws in (provider, patient):
        await ws.send_json({"type": "call_start", "room_id": room_id})
        while (await ws.receive_json())["type"] != "call_joined":
            pass
    return room_id, provider, patient


async def test_who_is_disabled_elsewhere_is_disconnected_and_nobody_else(
    site: Site, elsewhere: Database
) -> None:
    admin, ops = await connect(site, "admin"), await connect(site, "ops")
    async with elsewhere.transaction() as tx:
        await users.disable(tx, await tx.get_one(User, "admin"), now=START)
    await rest(admin)
    assert admin.close_code == 4401
    await until(lambda: not site.services.hub.is_connected("admin"))
    await ops.send_str("{")
    assert (await ops.receive_json())["code"] == "invalid_json"
    assert site.services.hub.is_connected("ops")


async def test_a_demoted_user_hears_of_no_emergency(site: Site, elsewhere: Database) -> None:
    admin = await connect(site, "admin")
    async with elsewhere.transaction() as tx:
        (await tx.get_one(User, "admin")).role = "ops"
    heard = await rest(admin)
    assert (admin.close_code, heard) == (4401, [])
    room_id, _, _ = await running_call(site)
    emergency = await site.client.post(
        f"{TELEMEDICINE}/call/emergency",
        json={"room_id": room_id},
        headers=await site.headers("provider"),
    )
    assert emergency.status == 200


@pytest.mark.parametrize("change", ["disabled", "role", "without a page"])
async def test_a_running_call_of_who_may_no_longer_be_in_it_ends(
    site: Site, elsewhere: Database, change: str
) -> None:
    room_id, provider, patient = await running_call(site)
    if change == "without a page":
        await provider.close()
        await until(lambda: not site.services.hub.is_connected("provider"))
    async with elsewhere.transaction() as tx:
        user = await tx.get_one(User, "provider")
        if change == "role":
            user.role = "compliance"
        else:
            await users.disable(tx, user, now=START)
    async with asyncio.timeout(20):
        while (message := await patient.receive_json())["type"] != "call_ended":
            pass
    assert message["reason"] == "failed"
    assert not site.services.calls.people()
    assert room_id == message["room_id"]


async def test_somebody_elses_call_goes_on(site: Site, elsewhere: Database) -> None:
    _, provider, _ = await running_call(site)
    compliance = await connect(site, "compliance")
    async with elsewhere.transaction() as tx:
        await users.disable(tx, await tx.get_one(User, "compliance"), now=START)
    await rest(compliance)
    assert set(site.services.calls.people()) == {"provider", "patient"}
    assert not provider.closed


async def test_a_password_set_elsewhere_closes_the_sockets_of_that_user(
    site: Site, elsewhere: Database
) -> None:
    admin = await connect(site, "admin")
    async with elsewhere.transaction() as tx:
        await users.end_sign_ins(tx, await tx.get_one(User, "admin"), now=START)
    await rest(admin)
    assert admin.close_code == 4401


def token(role: Role, issued_at: int | None) -> dict[str, str]:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "p-1",
        "name": "Alex",
        "role": role,
        "exp": int(time.time()) + 900,
    }
    claims |= {} if issued_at is None else {"iat": issued_at}
    return {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}


async def me(site: Site, headers: dict[str, str]) -> tuple[int, str]:
    async with site.client.get(f"{API}/auth/me", headers=headers) as response:
        body = await response.json(content_type=None)
        return response.status, body.get("role") or body["code"]


async def test_a_newer_token_with_another_role_closes_what_the_older_one_opened_and_ends_it(
    site: Site,
) -> None:
    older, newer = token("admin", NOW - 60), token("patient", NOW - 30)
    ws = await site.client.ws_connect(f"{TELEMEDICINE}/ws/p-1", headers=older)
    assert (await ws.receive_json())["role"] == "admin"
    assert await me(site, newer) == (200, "patient")
    await rest(ws)
    assert ws.close_code == 4401
    assert await me(site, older) == (401, "invalid_token")
    assert await me(site, token("patient", NOW - 60)) == (200, "patient"), "says the same"
    assert await me(site, token("admin", NOW - 10)) == (200, "admin")
    assert await me(site, token("ops", None)) == (200, "ops"), "a platform that does not say when"


async def test_the_command_reaches_a_running_server(site: Site, tmp_path: Path) -> None:
    settings = tmp_path / "other.toml"
    settings.write_text(f"[storage]\ndata_path = '{tmp_path / 'data'}'\n")
    admin = await connect(site, "admin")
    listening = asyncio.create_task(close_code(admin))
    command = (
        sys.executable,
        "-m",
        "signaling.cli",
        "users",
        "disable",
        "admin",
        "--config",
        str(settings),
    )
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert output.decode().startswith("Disabled admin.")
    assert await listening == 4401
    [event] = await events_since_start(site.services.database)
    assert event.action == "user.disabled"
