"""Appointments as patients, providers, administrators and other systems make and read them, on
both databases.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fhir.resources.R4B.appointment import Appointment as FhirModel
from fhir.resources.R4B.bundle import Bundle

from signaling import config
from signaling.kernel.words import Role
from storage.people import users
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site, poster
from tests.signaling.manual_clock import START
from tests.signaling.test_outsiders import headers
from tests.support.platform import ISSUER
from tests.support.stored import all_events

NINE = START + timedelta(days=1)
WEEK = timedelta(weeks=1)
MINUTE = timedelta(minutes=1)
Told = dict[str, Any]


@pytest.fixture
async def site(tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    storage = config.Storage(data_path=tmp_path / "data", database_url=database_url)
    async with open_site(configuration(tmp_path, storage=storage)) as site:
        for role in ("patient", "provider", "admin"):
            await site.headers(role)
        yield site


async def call(
    site: Site, role: Role, method: str, path: str = "", /, **asked: Any
) -> tuple[int, Told]:
    async with site.client.request(
        method, f"{TELEMEDICINE}/{path}", headers=await site.headers(role), **asked
    ) as response:
        if response.status >= 400:
            await site.problem(response)
        return response.status, await response.json(content_type=None)


def wanted(at: datetime = NINE, **more: Any) -> Told:
    usual = {"patient_id": "patient", "minutes": 50, "time_zone": "Europe/Berlin"}
    return {**usual, "starts_at": at.isoformat(), **more}


async def book(site: Site, at: datetime = NINE, **more: Any) -> Told:
    status, made = await call(site, "provider", "POST", "appointments", json=wanted(at, **more))
    assert status == 200, made
    return made


async def act(site: Site, one: Told, verb: str, role: Role = "provider", **body: Any) -> Any:
    sent = {"json": body} if body or verb == "cancel" else {}
    return await call(site, role, "POST", f"appointments/{one['appointment_id']}/{verb}", **sent)


async def listed(site: Site, role: Role = "provider", days: int = 300) -> list[Told]:
    span = {"after": START.isoformat(), "before": (START + timedelta(days=days)).isoformat()}
    _, found = await call(site, role, "GET", "appointments", params=span)
    return list(found["appointments"])


def booked(found: list[Told]) -> list[str]:
    return [one["starts_at"] for one in found if one["status"] == "booked"]


def at(*instants: datetime) -> list[str]:
    return [f"{one.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for one in instants]


async def test_an_appointment_is_made_moved_cancelled_and_taken_back(site: Site) -> None:
    made = await book(site, topic="First talk")
    assert made["ends_at"] == at(NINE + timedelta(minutes=50))[0]
    assert await listed(site, "patient") == [made] == await listed(site, "admin")
    _, moved = await act(site, made, "move", starts_at=(NINE + WEEK).isoformat(), minutes=30)
    assert booked([moved]) == at(NINE + WEEK)
    assert (await act(site, made, "cancel"))[1]["status"] == "cancelled"
    status, problem = await act(site, made, "move", starts_at=NINE.isoformat())
    assert (status, problem["code"]) == (409, "appointment_settled")
    assert (await act(site, made, "restore"))[1]["status"] == "booked"
    assert (await act(site, made, "no-show"))[1]["code"] == "appointment_to_come"
    site.clock.set(8 * 24 * 3600)
    assert (await act(site, made, "no-show"))[1]["status"] == "noshow"
    told = [
        event
        for event in await all_events(site.services.database)
        if event.action.startswith("appointment.")
    ]
    assert [event.action for event in told if event.action != "appointment.listed"] == [
        "appointment.booked",
        "appointment.moved",
        "appointment.cancelled",
        "appointment.restored",
        "appointment.missed",
    ]
    assert "First talk" not in str(told)


async def test_two_clicks_at_once_book_one(site: Site) -> None:
    async with site.services.database.transaction() as tx:
        await users.ensure(tx, ISSUER, "other", role="patient", name="Other", now=site.clock.now())
    asked = [
        call(site, "provider", "POST", "appointments", json=wanted(patient_id=patient, rule=rule))
        for patient in ("patient", "other")
        for rule in (None, "FREQ=WEEKLY;COUNT=9")
    ]
    answers = await asyncio.gather(*asked)
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
    problem = next(body for status, body in answers if status == 409)
    assert problem["detail"].startswith("The provider already has an appointment from 2026-")
    assert "Other" not in str(problem)


async def test_a_patient_of_two_providers_is_not_told_of(site: Site) -> None:
    await book(site)
    async with site.services.database.transaction() as tx:
        await users.ensure(
            tx, ISSUER, "second", role="provider", name="Second", now=site.clock.now()
        )
    status, problem = await call(
        site, "admin", "POST", "appointments", json=wanted(provider_id="second")
    )
    assert (status, problem["reason"]) == (409, "patient")
    assert "parameters" not in problem


async def test_a_series_keeps_its_hour_and_one_of_it_can_be_another(site: Site) -> None:
    await book(site, rule="FREQ=WEEKLY;COUNT=6")
    first, second, *rest = await listed(site)
    berlin_in_summer = [NINE + number * WEEK - timedelta(hours=1) for number in (4, 5)]
    assert booked(rest) == at(NINE + 2 * WEEK, NINE + 3 * WEEK, *berlin_in_summer)
    later = NINE + WEEK + timedelta(hours=3)
    await act(site, second, "move", starts_at=later.isoformat())
    await act(site, rest[0], "cancel")
    # all of them half an hour later: what was moved by itself stays
    half = timedelta(minutes=30)
    status, _ = await act(site, first, "move", starts_at=(NINE + half).isoformat(), scope="all")
    assert status == 200
    kept = [NINE + half, later, NINE + 3 * WEEK + half, *(one + half for one in berlin_in_summer)]
    found = await listed(site)
    assert booked(found) == at(*kept)
    assert len({one["series_id"] for one in found}) == 1


async def test_this_and_those_that_follow_become_a_series_of_their_own(site: Site) -> None:
    await book(site, rule="FREQ=WEEKLY;COUNT=4;BYDAY=TU")
    third = (await listed(site))[2]
    day = timedelta(days=1)
    wednesday = (NINE + 2 * WEEK + day).isoformat()
    _, moved = await act(site, third, "move", starts_at=wednesday, scope="following")
    assert moved["rule"] == "FREQ=WEEKLY;COUNT=2;BYDAY=WE"
    found = await listed(site)
    assert booked(found) == at(
        NINE, NINE + WEEK, NINE + 2 * WEEK + day, NINE + 3 * WEEK + day - timedelta(hours=0)
    )
    assert [one["rule"] for one in found][:2] == ["FREQ=WEEKLY;COUNT=2;BYDAY=TU"] * 2
    # every other week from there on: the one in between is cancelled, two are new
    _, moved = await act(
        site, moved, "move", starts_at=wednesday, scope="following",
        rule="FREQ=WEEKLY;INTERVAL=2;COUNT=3",
    )  # fmt: skip
    summer = timedelta(hours=1)
    expected = [NINE + 2 * WEEK + day, *(NINE + n * WEEK + day - summer for n in (4, 6))]
    assert booked(await listed(site))[2:] == at(*expected)
    await act(site, (await listed(site))[1], "cancel", scope="following")
    assert booked(await listed(site)) == at(NINE, *expected)
    await act(site, moved, "cancel", scope="all")
    assert booked(await listed(site)) == at(NINE)


async def test_a_third_monday_that_becomes_a_tuesday_needs_a_rule(site: Site) -> None:
    made = await book(site, NINE + 2 * WEEK, rule="FREQ=MONTHLY;BYDAY=3TU;COUNT=3")
    to = (NINE + 2 * WEEK + timedelta(days=1)).isoformat()
    status, problem = await act(site, made, "move", starts_at=to, scope="all")
    assert (status, problem["code"]) == (422, "recurrence_needed")


async def test_a_series_moves_by_a_week_over_its_own_places(site: Site) -> None:
    made = await book(site, rule="FREQ=WEEKLY;COUNT=3")
    for to in (NINE + WEEK, NINE):
        status, moved = await act(site, made, "move", starts_at=to.isoformat(), scope="all")
        assert (status, booked([moved])) == (200, at(to))


@pytest.mark.parametrize(
    ("role", "more", "status", "code"),
    [
        ("patient", {}, 403, "forbidden"),
        ("provider", {"provider_id": "second"}, 403, "forbidden"),
        ("admin", {}, 422, "provider_needed"),
        ("admin", {"provider_id": "patient"}, 404, "unknown_provider"),
        ("provider", {"patient_id": "nobody"}, 404, "unknown_patient"),
        ("provider", {"time_zone": "Europe/Nowhere"}, 422, "unknown_time_zone"),
        ("provider", {"starts_at": "2026-03-03T09:00:00"}, 422, "invalid_body"),
        ("provider", {"starts_at": "1999-03-03T09:00:00Z"}, 422, "appointment_time"),
        ("provider", {"minutes": 0}, 422, "invalid_body"),
        ("provider", {"rule": "FREQ=WEEKLY"}, 422, "recurrence_not_possible"),
    ],
)
async def test_what_cannot_be_booked_says_why(
    site: Site, role: Role, more: Told, status: int, code: str
) -> None:
    told, problem = await call(site, role, "POST", "appointments", json={**wanted(), **more})
    assert (told, problem["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("appointments", {"after": "0001-01-01T00:00:00Z", "before": "0001-02-01T00:00:00Z"}),
        ("appointments", {"after": "9999-12-01T00:00:00Z", "before": "9999-12-31T23:00:00-10:00"}),
        ("fhir/Appointment", {"date": "0001-01-01"}),
        ("fhir/Appointment", {"date": "9999-12-31"}),
    ],
)
async def test_dates_beyond_the_calendar_are_not_possible(
    site: Site, path: str, asked: Told
) -> None:
    told, problem = await call(site, "provider", "GET", path, params=asked)
    assert (told, problem["code"]) == (422, "span_not_possible")


async def test_whoever_may_not_meet_any_more_agrees_on_nothing_new(site: Site) -> None:
    kept, gone = await book(site), await book(site, NINE + WEEK)
    await act(site, gone, "cancel")
    async with site.services.database.transaction() as tx:
        patient = await users.by_id(tx, "patient")
        assert patient
        await users.disable(tx, patient, now=site.clock.now())
    later = (NINE + timedelta(hours=3)).isoformat()
    for refused in (
        await act(site, kept, "move", starts_at=later),
        await act(site, gone, "restore"),
    ):
        assert (refused[0], refused[1]["code"]) == (404, "unknown_patient")
    assert (await act(site, kept, "cancel"))[1]["status"] == "cancelled"


async def test_others_learn_nothing_of_an_appointment(site: Site) -> None:
    made = await book(site)
    people: dict[str, Role] = {"one": "patient", "two": "provider"}
    for name, role in people.items():
        stranger = await headers(site, name, role)
        for path in (f"appointments/{made['appointment_id']}", "appointments/never-was"):
            async with site.client.get(f"{TELEMEDICINE}/{path}", headers=stranger) as response:
                assert (response.status, (await site.problem(response))["code"]) == (
                    404,
                    "unknown_appointment",
                )


async def test_a_call_for_an_appointment_fulfils_it(site: Site) -> None:
    made, post = await book(site), poster(site)
    asked = {"patient_id": "patient", "appointment_id": "never-was"}
    status, problem = await post("provider", "initiate", **asked)
    assert (status, problem["code"]) == (404, "unknown_appointment")
    asked["appointment_id"] = made["appointment_id"]
    _, rings = await post("provider", "initiate", **asked)
    await post("patient", "accept", room_id=rings["room_id"], recording_consent=False)
    await post("provider", "end", room_id=rings["room_id"])
    await call(site, "provider", "GET", f"calls/{rings['room_id']}")  # waits until it is written
    [one] = await listed(site)
    assert (one["status"], one["room_id"]) == ("fulfilled", rings["room_id"])


async def test_a_fhir_search_of_many_goes_on_by_its_links(site: Site) -> None:
    made = [(await book(site, NINE + place * 60 * MINUTE))["appointment_id"] for place in range(3)]
    query: dict[str, str] = {"date": f"{NINE:%Y-%m-%d}", "_count": "2"}
    _, first = await call(site, "provider", "GET", "fhir/Appointment", params=query)
    Bundle.model_validate(first)
    links = {link["relation"]: urlsplit(link["url"]) for link in first["link"]}
    assert set(links) == {"self", "next"}
    assert "total" not in first, "it is not known yet"
    assert links["next"].path == f"{TELEMEDICINE}/fhir/Appointment"
    following = dict(parse_qsl(links["next"].query))
    _, last = await call(site, "provider", "GET", "fhir/Appointment", params=following)
    Bundle.model_validate(last)
    assert {link["relation"] for link in last["link"]} == {"self", "first"}
    assert [one["resource"]["id"] for one in (*first["entry"], *last["entry"])] == made
    for name, code in (("_count", "invalid_parameter"), ("cursor", "invalid_cursor")):
        wrong = {**query, name: "0"}
        _, problem = await call(site, "provider", "GET", "fhir/Appointment", params=wrong)
        assert problem["code"] == code


async def test_fhir_goes_out_and_in(site: Site) -> None:
    made = await book(site, rule="FREQ=WEEKLY;COUNT=2", topic="First talk")
    path = f"fhir/Appointment/{made['appointment_id']}"
    _, found = await call(site, "provider", "GET", path)
    FhirModel.model_validate(found)
    assert (found["status"], found["description"]) == ("booked", "First talk")
    later = {"start": at(NINE + 4 * WEEK)[0], "end": at(NINE + 4 * WEEK + timedelta(hours=1))[0]}
    headers = {**await site.headers("admin"), "Content-Type": "application/fhir+json"}
    async with site.client.post(
        f"{TELEMEDICINE}/fhir/Appointment", json={**found, **later}, headers=headers
    ) as response:
        assert response.content_type == "application/fhir+json"
        copy = await response.json(content_type=None)
    FhirModel.model_validate(copy)
    assert copy["start"] == later["start"].replace("Z", ".000Z")
    path = f"fhir/Appointment/{copy['id']}"
    moved = {**copy, "start": at(NINE + 5 * WEEK)[0], "end": at(NINE + 5 * WEEK + 25 * MINUTE)[0]}
    _, told = await call(site, "provider", "PUT", path, json=moved)
    assert told["minutesDuration"] == 25
    _, told = await call(site, "provider", "PUT", path, json={**told, "status": "cancelled"})
    assert told["status"] == "cancelled"
    day = {"date": f"{NINE:%Y-%m-%d}"}
    _, searched = await call(site, "patient", "GET", "fhir/Appointment", params=day)
    Bundle.model_validate(searched)
    assert [one["resource"]["id"] for one in searched["entry"]] == [found["id"]]
    [link] = searched["link"]
    assert (link["relation"], searched["total"]) == ("self", 1)
    early = {"start": at(NINE)[0], "status": "booked"}  # nothing of it is done
    changes: list[Told] = [
        {"status": "fulfilled"}, {"end": None}, {"modifierExtension": [{}]}, early,
    ]  # fmt: skip
    for change in changes:
        status, problem = await call(site, "provider", "PUT", path, json={**told, **change})
        assert (status, problem["code"]) == (422, "fhir_appointment"), change
