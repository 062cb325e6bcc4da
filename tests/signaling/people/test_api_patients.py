"""Records of patients over HTTP: whose they are, and that the host platform may put them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling import config
from storage.people import users
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site
from tests.signaling.identity.test_api_auth import SECRET, token
from tests.signaling.people.asking import ask
from tests.support.platform import AUDIENCE, ISSUER
from tests.support.stored import events_since_start

PATIENTS = f"{TELEMEDICINE}/patients"
RECORD = {
    "name": "Sam Lee",
    "pronouns": "they/them",
    "birth_date": "2008-02-29",
    "language": "en-GB",
    "time_zone": "Europe/London",
    "phone": "+442079460000",
    "email": "sam@example.org",
    "contact": {"name": "Kim Lee", "phone": "+442079460001", "relationship": "mother"},
    "address": ["12 Long Lane", "London"],
}


@pytest.fixture
async def hosted(tmp_path: Path) -> AsyncIterator[Site]:
    """A server whose host platform may sign in as an administrator."""
    jwt = config.Jwt(
        secret=SECRET, issuer=ISSUER, audience=AUDIENCE, roles=("patient", "provider", "admin")
    )
    async with open_site(configuration(tmp_path, jwt=jwt)) as site:
        yield site


async def test_the_host_platform_puts_patients_and_doing_so_again_changes_nothing(
    hosted: Site,
) -> None:
    service = {"Authorization": f"Bearer {token(sub='sync', role='admin')}"}
    for _ in range(2):
        status, put = await ask(hosted, "PUT", f"{PATIENTS}/p-1", service, RECORD)
        assert (status, put) == (200, {**RECORD, "user_id": "p-1"})
    status, changed = await ask(
        hosted, "PUT", f"{PATIENTS}/p-1", service, {**RECORD, "phone": None, "address": []}
    )
    assert (changed["phone"], changed["address"], changed["email"]) == (
        None,
        [],
        "sam@example.org",
    )
    assert await ask(hosted, "GET", f"{PATIENTS}/p-1", service) == (200, changed)
    async with hosted.services.database.reading() as tx:
        user = await users.by_subject(tx, ISSUER, "p-1")
    assert user
    assert (user.role, user.name) == ("patient", "Sam Lee"), "whom a token of theirs will meet"
    events = await events_since_start(hosted.services.database)
    told = [(event.action, event.actor_id, event.detail) for event in events[2:]]
    assert told == [
        ("user.added", "sync", {"role": "patient", "issuer": ISSUER}),
        (
            "patient.changed",
            "sync",
            {"fields": "pronouns, birth_date, language, time_zone, phone, email, contact, address"},
        ),
        ("patient.changed", "sync", {"fields": "phone, address"}),
        ("patient.viewed", "sync", {}),
    ], "and no word of what is in them"


async def test_a_provider_adds_patients_and_reads_their_records(site: Site) -> None:
    provider = await site.headers("provider")
    status, added = await ask(site, "POST", PATIENTS, provider, RECORD)
    assert (status, added) == (200, {**RECORD, "user_id": added["user_id"]})
    path = f"{PATIENTS}/{added['user_id']}"
    assert await ask(site, "GET", path, provider) == (200, added)
    listed = (await ask(site, "GET", PATIENTS, provider))[1]["patients"]
    assert [(one["user_id"], one["birth_date"]) for one in listed] == [
        (added["user_id"], "2008-02-29")
    ]
    _, put = await ask(site, "PUT", path, provider, {"name": "Sam Lee-Ito"})
    assert (put["name"], put["birth_date"]) == ("Sam Lee-Ito", None)


async def test_who_is_no_patient_has_no_record(site: Site) -> None:
    provider, admin = await site.headers("provider"), await site.headers("admin")
    for person in ("provider", "admin", "nobody"):
        for method, headers, body in (
            ("GET", provider, None),
            ("GET", admin, None),
            ("PUT", provider, RECORD),
        ):
            status, told = await ask(site, method, f"{PATIENTS}/{person}", headers, body)
            assert (status, told["code"]) == (404, "unknown_patient")
    status, told = await ask(site, "GET", f"{PATIENTS}/a%00b", admin)
    assert (status, told["code"]) == (422, "invalid_parameter")


async def test_an_id_of_somebody_else_is_not_made_a_patient(hosted: Site) -> None:
    service = {"Authorization": f"Bearer {token(sub='sync', role='admin')}"}
    status, told = await ask(hosted, "PUT", f"{PATIENTS}/sync", service, RECORD)
    assert (status, told["code"]) == (409, "id_taken")


async def test_a_record_that_cannot_be_is_refused_and_nothing_is_written(site: Site) -> None:
    provider = await site.headers("provider")
    status, told = await ask(site, "POST", PATIENTS, provider, {**RECORD, "phone": "0207"})
    assert (status, told["code"], told["reason"]) == (422, "invalid_person", "phone")
    async with site.services.database.reading() as tx:
        assert [user.name for user in await users.everybody(tx)] == ["Name of provider"]
