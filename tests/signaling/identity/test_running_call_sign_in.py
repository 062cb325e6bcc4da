"""Who reloads the page of a running call after the sign-in has run out comes back into
that call.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signaling import config
from signaling.identity.cookies import SESSION
from storage.people import login_sessions, users
from tests.signaling.conftest import API, TELEMEDICINE, Site, configuration, open_site
from tests.support.platform import ISSUER

MINUTE = 60


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    calls = config.Calls(reconnect_seconds=30 * MINUTE)
    async with open_site(configuration(tmp_path, calls=calls)) as site:
        yield site


async def signed_in(site: Site, user_id: str, minutes: int) -> dict[str, str]:
    """What the user's page sends; the user's id is the role."""
    now = site.clock.now()
    async with site.services.database.transaction() as tx:
        name = f"Name of {user_id}"
        role: Any = user_id
        await users.ensure(tx, ISSUER, user_id, role=role, name=name, now=now)
        token = await login_sessions.create(
            tx, user_id, now=now, expires_at=now + timedelta(minutes=minutes)
        )
    return {"Cookie": f"{SESSION.plain}={token}", "Origin": site.origin}


@asynccontextmanager
async def joined(site: Site, headers: dict[str, str], room: dict[str, str]) -> AsyncIterator[None]:
    async with site.client.ws_connect(f"{TELEMEDICINE}/ws/patient", headers=headers) as socket:
        assert (await socket.receive_json())["type"] == "welcome"
        await socket.send_json({"type": "call_start", **room})
        assert (await socket.receive_json())["type"] == "call_joined"
        yield


async def join(site: Site, headers: dict[str, str], room: dict[str, str]) -> None:
    """And lose the socket again."""
    async with joined(site, headers, room):
        pass


async def status(site: Site, headers: dict[str, str]) -> int:
    async with site.client.get(f"{API}/auth/me", headers=headers) as response:
        return response.status


async def test_a_party_comes_back_until_the_call_is_over_and_nobody_else_does(site: Site) -> None:
    provider, patient = await signed_in(site, "provider", 120), await signed_in(site, "patient", 5)
    bystander = await signed_in(site, "compliance", 5)
    invitation = {"patient_id": "patient", "recording_enabled": False}
    async with site.client.post(
        f"{TELEMEDICINE}/call/initiate", json=invitation, headers=provider
    ) as response:
        room = {"room_id": (await response.json())["room_id"]}
    acceptance = {**room, "recording_consent": False}
    async with site.client.post(
        f"{TELEMEDICINE}/call/accept", json=acceptance, headers=patient
    ) as response:
        assert response.status == 200, await response.text()
    await join(site, patient, room)
    another = await signed_in(site, "patient", 5)
    await site.clock.advance(6 * MINUTE)
    assert await status(site, patient) == 200
    assert await status(site, bystander) == 401
    assert await status(site, another) == 401, "it carries no call"
    await signed_in(site, "patient", 5)  # elsewhere
    end = f"{TELEMEDICINE}/call/end"
    async with (
        joined(site, patient, room),
        site.client.post(end, json=room, headers=provider) as response,
    ):
        assert response.status == 200
    assert await status(site, patient) == 401


async def test_ringing_somebody_brings_no_expired_cookie_back(site: Site) -> None:
    patient, provider = await signed_in(site, "patient", 5), await signed_in(site, "provider", 240)
    await site.clock.advance(10 * MINUTE)
    invitation = {"patient_id": "patient", "recording_enabled": False}
    async with site.client.post(
        f"{TELEMEDICINE}/call/initiate", json=invitation, headers=provider
    ) as response:
        assert response.status in {200, 201}
    assert await status(site, patient) == 401
