"""Providers who know only the patients they care for: anybody else's is not there for them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from signaling import config
from signaling.http.endpoint import endpoint
from signaling.http.routes import ROUTES
from signaling.kernel.permissions import may
from signaling.kernel.routes import Route
from storage.people import users
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site
from tests.signaling.identity.test_api_auth import SECRET, token
from tests.signaling.people.asking import ask
from tests.support.platform import AUDIENCE, ISSUER
from tests.support.stored import events_since_start

PATIENTS = f"{TELEMEDICINE}/patients"


APPOINTMENT = {"starts_at": "2026-03-03T10:00:00Z", "minutes": 50, "time_zone": "Europe/London"}


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Site]:
    """A server whose providers know their own patients, with two of them and a provider."""
    jwt = config.Jwt(
        secret=SECRET, issuer=ISSUER, audience=AUDIENCE, roles=("patient", "provider", "admin")
    )
    practice = config.Practice(provider_scope="own")
    async with open_site(configuration(tmp_path, practice=practice, jwt=jwt)) as site:
        async with site.services.database.transaction() as tx:
            for user_id in ("theirs", "other"):
                name = "Sam Lee"
                await users.ensure(
                    tx, ISSUER, user_id, role="patient", name=name, now=site.clock.now()
                )
        provider = await site.headers("provider")
        admin = await site.headers("admin")
        assert (await ask(site, "GET", PATIENTS, provider))[1] == {"patients": []}
        await ask(site, "PUT", f"{PATIENTS}/theirs/providers/provider", admin)
        yield site


def naming_a_patient() -> list[Route]:
    """Routes for providers that take a patient, in their path or their body."""
    found = []
    for route in ROUTES:
        asked = endpoint(route)
        action = asked.by_role
        names = {parameter.name for parameter in asked.path}
        if asked.body is not None:
            names |= {field.name for field in msgspec.structs.fields(asked.body)}
        if "patient_id" in names and (action is None or may("provider", action)):
            found.append(route)
    return found


async def test_no_route_tells_somebody_elses_patient_from_one_that_never_was(
    strict: Site,
) -> None:
    provider = await strict.headers("provider")
    assert len(naming_a_patient()) == 6
    for route in naming_a_patient():
        body: dict[str, object] | None = {"patient_id": "", "name": "Sam Lee"}
        kind = endpoint(route).body
        for user_id in ("other", "nobody"):
            if kind is not None:
                wanted = {field.name for field in msgspec.structs.fields(kind)}
                known = {
                    "patient_id": user_id,
                    "name": "Sam Lee",
                    "recording_enabled": False,
                    "external_id": "one",
                    "completed_at": "2026-01-01T00:00:00Z",
                    "responses": [{"questionnaire": "PHQ-9", "answers": []}],
                    **APPOINTMENT,
                }
                body = {name: value for name, value in known.items() if name in wanted}
            path = re.sub(r"{\w+}", user_id, route.path)
            told = await ask(strict, route.method, path, provider, body if kind else None)
            assert (told[0], told[1]["code"]) == (404, "unknown_patient"), route.path


async def test_their_own_patients_are_listed_called_and_invited(strict: Site) -> None:
    provider = await strict.headers("provider")
    listed = (await ask(strict, "GET", PATIENTS, provider))[1]["patients"]
    assert [one["user_id"] for one in listed] == ["theirs"]
    assert (await ask(strict, "GET", f"{PATIENTS}/theirs", provider))[0] == 200
    call = {"patient_id": "theirs", "recording_enabled": False}
    status, started = await ask(strict, "POST", f"{TELEMEDICINE}/call/initiate", provider, call)
    assert status == 200
    calls = strict.services.calls
    invitable = f"{TELEMEDICINE}/call/{started['room_id']}/invitable"
    people = (await ask(strict, "GET", invitable, provider))[1]["people"]
    assert people == [], "the other patient is not there to be invited either"
    assert set(calls.people()) == {"provider", "theirs"}


async def test_a_relation_that_has_ended_takes_the_patient_away(strict: Site) -> None:
    admin, provider = await strict.headers("admin"), await strict.headers("provider")
    path = f"{PATIENTS}/theirs/providers/provider"
    shown = {"providers": [{"user_id": "provider", "name": "Name of provider", "email": None}]}
    assert await ask(strict, "PUT", path, admin) == (200, shown)
    assert await ask(strict, "GET", f"{PATIENTS}/theirs/providers", admin) == (200, shown)
    for _ in range(2):
        assert await ask(strict, "DELETE", path, admin) == (200, {"providers": []})
    assert (await ask(strict, "GET", PATIENTS, provider))[1] == {"patients": []}
    events = await events_since_start(strict.services.database)
    detail = {"provider_id": "provider"}
    assert [(event.action, event.subject and event.subject.id, event.detail) for event in events][
        -2:
    ] == [("patient.assigned", "theirs", detail), ("patient.unassigned", "theirs", detail)]


async def test_only_providers_care_for_patients_and_patients_are_cared_for(strict: Site) -> None:
    admin = await strict.headers("admin")
    for patient, provider, code in (
        ("theirs", "other", "unknown_provider"),
        ("theirs", "nobody", "unknown_provider"),
        ("provider", "provider", "unknown_patient"),
        ("nobody", "provider", "unknown_patient"),
    ):
        told = await ask(strict, "PUT", f"{PATIENTS}/{patient}/providers/{provider}", admin)
        assert (told[0], told[1]["code"]) == (404, code)


async def test_who_adds_a_patient_cares_for_them(strict: Site) -> None:
    provider = await strict.headers("provider")
    _, added = await ask(strict, "POST", PATIENTS, provider, {"name": "Sam Lee"})
    assert (await ask(strict, "GET", f"{PATIENTS}/{added['user_id']}", provider))[0] == 200


async def test_the_host_platform_puts_providers_and_who_cares_for_whom(strict: Site) -> None:
    service = {"Authorization": f"Bearer {token(sub='sync', role='admin')}"}
    path = f"{TELEMEDICINE}/providers/d-1"
    for email in (None, "elena@example.org", "elena@example.org"):
        body = {"name": "Dr. Rivera", "email": email}
        assert await ask(strict, "PUT", path, service, body) == (200, {**body, "user_id": "d-1"})
    assert (await ask(strict, "PUT", f"{PATIENTS}/p-1", service, {"name": "Kim"}))[0] == 200
    assert (await ask(strict, "PUT", f"{PATIENTS}/p-1/providers/d-1", service))[0] == 200
    theirs = {"Authorization": f"Bearer {token(sub='d-1', name='Dr. Rivera', role='provider')}"}
    listed = (await ask(strict, "GET", PATIENTS, theirs))[1]["patients"]
    assert [one["user_id"] for one in listed] == ["p-1"]
    told = await ask(strict, "PUT", f"{TELEMEDICINE}/providers/p-1", service, {"name": "Kim"})
    assert (told[0], told[1]["code"]) == (409, "id_taken")
    events = await events_since_start(strict.services.database)
    of_provider = [event for event in events if event.subject and event.subject.id == "d-1"]
    assert [(event.action, event.detail) for event in of_provider][:2] == [
        ("user.added", {"role": "provider", "issuer": ISSUER}),
        ("user.changed", {"fields": "email"}),
    ]
