"""The waiting room: who waits and since when, what they are told, and when nobody can wait."""

import asyncio
from datetime import timedelta

import pytest

from signaling.clinical.appointments.appointments import Appointments
from storage.errors import DatabaseUnavailable
from storage.people import users
from tests.signaling.clinical.test_appointments import NINE, Told, act, book, call
from tests.signaling.clinical.test_appointments import site as site  # noqa: PLC0414 - a fixture
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.identity.test_guests import Browser, Practice, heard, token
from tests.signaling.identity.test_guests import practice as practice  # noqa: PLC0414 - a fixture
from tests.support.stored import all_events

TEN_MINUTES = timedelta(minutes=10)


async def waiting(site: Site) -> list[str]:
    _, found = await call(site, "provider", "GET", "waiting-room")
    return [one["appointment_id"] for one in found["waiting"]]


async def arrivals(site: Site) -> int:
    events = [event.action for event in await all_events(site.services.database)]
    return events.count("appointment.arrived")


async def test_a_patient_waits_is_told_how_long_and_is_forgotten_once_silent(site: Site) -> None:
    one = await book(site)
    path = f"waiting-room/{one['appointment_id']}"
    site.clock.set((NINE - site.clock.now() - TEN_MINUTES).total_seconds())
    patient, provider = await site.headers("patient"), await site.headers("provider")
    ws = f"{TELEMEDICINE}/ws"
    async with (
        site.client.ws_connect(f"{ws}/patient", headers=patient) as theirs,
        site.client.ws_connect(f"{ws}/provider", headers=provider) as his,
    ):
        status, place = await call(site, "patient", "POST", path)
        assert (status, place["since"]) == (200, "2026-03-03T08:50:00Z")
        await heard(his, "waiting_changed")
        assert await waiting(site) == [one["appointment_id"]]
        status, _ = await call(
            site, "provider", "POST", f"{path}/line", json={"line": "Five more minutes"}
        )
        assert status == 204
        assert (await heard(theirs, "waiting_line"))["line"] == "Five more minutes"
        await site.clock.advance(60)
        _, place = await call(site, "patient", "POST", path)
        assert place == {"since": "2026-03-03T08:50:00Z", "line": "Five more minutes"}
        await site.clock.advance(60)
        assert await waiting(site) == [one["appointment_id"]]
        await site.clock.advance(60)
        assert await waiting(site) == []
        status, problem = await call(
            site, "provider", "POST", f"{path}/line", json={"line": "Hello"}
        )
        assert (status, problem["code"]) == (404, "nobody_waits")
    assert await arrivals(site) == 1


async def test_who_is_early_late_or_somebody_else_cannot_wait(site: Site) -> None:
    one = await book(site)
    path = f"waiting-room/{one['appointment_id']}"
    status, problem = await call(site, "patient", "POST", path)
    assert (status, problem["code"], problem["reason"]) == (409, "not_waiting_time", "early")
    assert (await call(site, "provider", "POST", path))[0] == 404
    await act(site, one, "cancel")
    assert (await call(site, "patient", "POST", path))[1]["reason"] == "cancelled"
    await act(site, one, "restore")
    site.clock.set(timedelta(days=1, hours=2).total_seconds())
    assert (await call(site, "patient", "POST", path))[1]["reason"] == "over"
    assert await waiting(site) == []


async def test_who_leaves_waits_no_longer(site: Site) -> None:
    one = await book(site)
    path = f"waiting-room/{one['appointment_id']}"
    site.clock.set((NINE - site.clock.now()).total_seconds())
    await call(site, "patient", "POST", path)
    assert await waiting(site) == [one["appointment_id"]]
    assert (await call(site, "patient", "DELETE", path))[0] == 204
    assert await waiting(site) == []


async def test_nobody_waits_whose_arrival_could_not_be_written_down(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise DatabaseUnavailable("not now")

    one = await book(site)
    path = f"waiting-room/{one['appointment_id']}"
    site.clock.set((NINE - site.clock.now()).total_seconds())
    with monkeypatch.context() as patch:
        patch.setattr(Appointments, "note", away)
        status, problem = await call(site, "patient", "POST", path)
        assert (status, problem["code"]) == (503, "database_unavailable")
        assert await waiting(site) == []
    pages = await asyncio.gather(*(call(site, "patient", "POST", path) for _ in range(3)))
    assert [status for status, _ in pages] == [200, 200, 200]
    assert await waiting(site) == [one["appointment_id"]]
    assert await arrivals(site) == 1


async def test_who_may_not_wait_any_more_is_gone_at_once(site: Site) -> None:
    one = await book(site)
    path = f"waiting-room/{one['appointment_id']}"
    site.clock.set((NINE - site.clock.now()).total_seconds())
    provider = await site.headers("provider")
    async with site.client.ws_connect(f"{TELEMEDICINE}/ws/provider", headers=provider) as his:
        assert (await call(site, "patient", "POST", path))[0] == 200
        await heard(his, "waiting_changed")
        await act(site, one, "cancel")
        assert (await call(site, "patient", "POST", path))[1]["reason"] == "cancelled"
        await heard(his, "waiting_changed")
        assert not site.services.waiting_room.has(one["appointment_id"]), "at the refusal"
        await act(site, one, "restore")
        assert await waiting(site) == [], "nobody has come again"
    later: Told = {"starts_at": (NINE + timedelta(days=1)).isoformat()}
    before: Told = {"starts_at": NINE.isoformat()}
    for ends, begins in (
        (("cancel", Told()), ("restore", Told())),
        (("move", later), ("move", before)),
    ):
        assert (await call(site, "patient", "POST", path))[0] == 200
        assert await waiting(site) == [one["appointment_id"]]
        for verb, body in (ends, begins):
            assert (await act(site, one, verb, **body))[0] == 200
            assert await waiting(site) == [], verb
    assert (await call(site, "patient", "POST", path))[0] == 200
    async with site.services.database.transaction() as tx:
        patient = await users.by_id(tx, "patient")
        assert patient
        await users.disable(tx, patient, now=site.clock.now())
    assert await waiting(site) == [], "disabled"


async def test_whose_link_is_taken_back_waits_no_longer_and_comes_by_another(
    practice: Practice,
) -> None:
    appointment = await practice.book()
    path = f"{TELEMEDICINE}/waiting-room/{appointment}"
    sam, again = Browser(practice.site), Browser(practice.site)
    await sam.enter(token(await practice.link(appointment)))
    assert (await sam.ask("POST", path))[0] == 200
    assert await waiting(practice.site) == [appointment]
    renewed = token(await practice.link(appointment))
    line = await practice.ask(
        "POST", f"waiting-room/{appointment}/line", json={"line": "Five more minutes"}
    )
    assert (line[0], line[1]["code"]) == (404, "nobody_waits")
    assert await waiting(practice.site) == []
    assert (await sam.ask("POST", path))[0] == 401
    await again.enter(renewed)
    assert (await again.ask("POST", path))[0] == 200
    assert await waiting(practice.site) == [appointment]
    assert await arrivals(practice.site) == 2
