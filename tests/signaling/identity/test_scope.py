"""Whom a provider can see and call: a list and a look-up by id always say the same."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from signaling.identity.cookies import SESSION
from signaling.identity.scope import Scope
from signaling.kernel.words import Role
from storage.calls import telemedicine_sessions
from storage.models import User
from storage.people import login_sessions, users
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site
from tests.support.platform import ISSUER

ROLES: tuple[Role, ...] = ("patient", "provider", "compliance", "ops", "admin")


async def person(site: Site, user_id: str, role: Role, name: str = "Somebody") -> User:
    """A user of the host platform."""
    async with site.services.database.transaction() as tx:
        return await users.ensure(tx, ISSUER, user_id, role=role, name=name, now=site.clock.now())


async def local(
    site: Site, username: str, role: Role, *, demo: bool = False, disabled: bool = False
) -> User:
    """Somebody with a password here."""
    now = site.clock.now()
    async with site.services.database.transaction() as tx:
        user = await users.create(
            tx, username=username, name=username, role=role, password_hash="x", now=now, demo=demo
        )
        user.disabled = disabled
    return user


async def known(site: Site, scope: Scope, provider: User, others: Sequence[User]) -> set[str]:
    """The patients whom a provider finds: in the list and by id, which must be the same."""
    async with site.services.database.reading() as tx:
        listed = {found.user.id for found in await scope.patients(tx, provider.id)}
        by_id = {user.id for user in others if await scope.patient(tx, provider.id, user.id)}
    assert listed == by_id
    return listed


async def test_patients_who_can_sign_in_are_called_and_nobody_else(site: Site) -> None:
    people = [await person(site, f"a-{role}", role) for role in ROLES]
    gone = await local(site, "gone", "patient", disabled=True)
    for user in people:
        found = await known(site, Scope(), user, [*people, gone])
        assert found == ({"a-patient"} if user.role == "provider" else set())


async def test_a_provider_who_is_disabled_or_unknown_knows_nobody(site: Site) -> None:
    patient = await person(site, "patient", "patient")
    gone = await local(site, "gone", "provider", disabled=True)
    assert await known(site, Scope(), gone, [patient]) == set()
    async with site.services.database.reading() as tx:
        assert await Scope().patients(tx, "nobody") == []
        assert await Scope().patient(tx, "nobody", patient.id) is None
        assert await Scope().patient(tx, gone.id, "nobody") is None


@pytest.mark.parametrize("demo", [False, True])
async def test_users_of_the_demo_are_there_in_demo_mode_only(site: Site, demo: bool) -> None:
    real = await person(site, "patient", "patient")
    shown = await local(site, "sam", "patient", demo=True)
    provider = await person(site, "provider", "provider")
    demonstrator = await local(site, "elena", "provider", demo=True)
    scope, both = Scope(demo=demo), [real, shown]
    assert await known(site, scope, provider, both) == ({real.id, shown.id} if demo else {real.id})
    assert await known(site, scope, demonstrator, both) == ({real.id, shown.id} if demo else set())


async def test_load_accounts_and_people_are_apart_both_ways(site: Site) -> None:
    load = [
        *[await local(site, f"load/{role}/1", role) for role in ROLES[:2]],
        *[
            await person(site, f"load-{role}", role, "Load test of the platform")
            for role in ROLES[:2]
        ],
    ]
    people = [
        *[await person(site, role, role, "Real") for role in ROLES[:2]],
        await local(site, "Load test, yet a person", "patient"),
    ]
    for side in (load, people):
        theirs = {user.id for user in side if user.role == "patient"}
        for provider in (user for user in side if user.role == "provider"):
            assert await known(site, Scope(), provider, [*load, *people]) == theirs


async def test_whom_no_list_shows_nobody_calls_by_id(site: Site) -> None:
    headers = await site.headers("provider")
    hidden = [
        await local(site, "sam", "patient", demo=True),
        await local(site, "gone", "patient", disabled=True),
        await local(site, "load/patient/1", "patient"),
        await person(site, "colleague", "provider"),
    ]
    for user_id in [*(user.id for user in hidden), "provider", "nobody"]:
        body = {"patient_id": user_id, "recording_enabled": False}
        async with site.client.post(
            f"{TELEMEDICINE}/call/initiate", json=body, headers=headers
        ) as response:
            assert (response.status, (await site.problem(response))["code"]) == (
                404,
                "unknown_patient",
            ), user_id


async def test_the_demo_is_over_once_its_server_has_stopped(tmp_path: Path) -> None:
    """Neither its sign-ins nor an emergency in one of its calls reach the practice's own people."""
    async with open_site(configuration(tmp_path), demo=True) as site:
        provider = await local(site, "elena", "provider", demo=True)
        patients = [
            await local(site, "sam", "patient", demo=True),
            await person(site, "patient", "patient"),
        ]
        for number, patient in enumerate(patients):
            await emergency(site, provider, patient, f"room-{number}")
        async with site.services.database.transaction() as tx:
            expires_at = site.clock.now() + timedelta(hours=1)
            cookie = await login_sessions.create(
                tx, provider.id, now=site.clock.now(), expires_at=expires_at
            )
    async with open_site(configuration(tmp_path)) as site:
        headers = await site.headers("admin")
        async with site.client.ws_connect(f"{TELEMEDICINE}/ws/admin", headers=headers) as socket:
            assert (await socket.receive_json())["type"] == "welcome"
            told = await socket.receive_json()
            assert (told["type"], told["room_id"]) == ("call_emergency", "room-1")
        for room_id, status in (("room-0", 404), ("room-1", 200)):
            url = f"{TELEMEDICINE}/call/emergency/acknowledge"
            async with site.client.post(
                url, json={"room_id": room_id}, headers=headers
            ) as response:
                assert response.status == status
        page = {"Cookie": f"{SESSION.plain}={cookie}", "Origin": site.origin}
        async with site.client.get("/api/v1/auth/me", headers=page) as response:
            assert response.status == 401


async def emergency(site: Site, provider: User, patient: User, room_id: str) -> None:
    """A call in which somebody pressed the button, and nobody of the staff has answered."""
    now = site.clock.now()
    async with site.services.database.transaction() as tx:
        call = await telemedicine_sessions.create(
            tx,
            patient_id=patient.id,
            provider_id=provider.id,
            room_id=room_id,
            recording_enabled=False,
            audio_only=False,
            now=now,
            invitation_expires_at=now,
        )
        call.call_status, call.ended_at = "ended", now
        call.emergency_raised_at, call.emergency_raised_by = now, "patient"
