"""Where patients say they are, on both databases: kept sealed with the visit, and read by the
provider whose call it is, and by nobody else.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from signaling.kernel.words import Role
from storage.models import ClinicalKey, StatedPlace
from tests.signaling.clinical.test_appointments import NINE, book, call
from tests.signaling.clinical.test_appointments import site as site  # noqa: PLC0414 - a fixture
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.identity.test_guests import ORIGIN, Browser, Practice, heard, token
from tests.signaling.identity.test_guests import practice as practice  # noqa: PLC0414 - a fixture
from tests.signaling.test_outsiders import headers
from tests.support.stored import all_events

Told = dict[str, Any]
HOME = {"address": "Rua da Prata 12, 3.º\nLisboa", "country": "PT", "phone": "+351211234567"}
HERE = {"answer": "here", **HOME}
NOTHING = {"address": None, "country": None, "phone": None}
RECORD = {"name": "Name of patient", "address": ["Unter den Linden 1", "Berlin"]}


async def ring(site: Site, **more: str) -> str:
    body = {"patient_id": "patient", **more}
    return str((await call(site, "provider", "POST", "call/initiate", json=body))[1]["room_id"])


async def say(site: Site, path: str, body: Told) -> tuple[int, Told]:
    return await call(site, "patient", "PUT", f"{path}/place", json=body)


async def told(site: Site, room_id: str) -> Told:
    status, found = await call(site, "provider", "GET", f"calls/{room_id}/place")
    assert status == 200, found
    return found


async def known(site: Site, room_id: str) -> tuple[str, Any, Any, Any]:
    found = await told(site, room_id)
    return found["state"], found["address"], found["country"], found["phone"]


async def asked(site: Site, **of: str) -> Told:
    status, found = await call(site, "patient", "GET", "place", params=of)
    assert (status, len(found["countries"])) == (200, 249)
    return {name: value for name, value in found.items() if name != "countries"}


async def on_record(site: Site, **more: Any) -> None:
    status, problem = await call(
        site, "provider", "PUT", "patients/patient", json={**RECORD, **more}
    )
    assert status == 200, problem


async def rows(site: Site) -> list[StatedPlace]:
    async with site.services.database.reading() as tx:
        return list(await tx.scalars(sa.select(StatedPlace).order_by(StatedPlace.stated_at)))


async def test_what_is_said_while_it_rings_is_sealed_and_read_by_the_provider(site: Site) -> None:
    room_id = await ring(site)
    assert await known(site, room_id) == ("unknown", None, None, None)
    assert (await say(site, f"calls/{room_id}", HERE))[0] == 204
    assert await known(site, room_id) == ("given", *HOME.values())
    await site.clock.advance(10)
    elsewhere = {"answer": "here", "address": "On the train", "country": "ES"}
    assert (await say(site, f"calls/{room_id}", elsewhere))[0] == 204
    assert await known(site, room_id) == ("given", "On the train", "ES", None)
    assert (await asked(site, room_id=room_id))["answer"] == "given"
    first, _ = await rows(site)
    assert b"Rua da Prata" not in first.sealed
    await call(site, "provider", "POST", "call/end", json={"room_id": room_id})
    assert (await known(site, room_id))[1] == "On the train", "it is kept with the visit"
    status, problem = await say(site, f"calls/{room_id}", HERE)
    assert (status, problem["code"]) == (409, "call_over")


async def test_who_would_rather_not_say_is_known_to_have_been_asked(site: Site) -> None:
    room_id = await ring(site)
    assert (await say(site, f"calls/{room_id}", {"answer": "withheld"}))[0] == 204
    assert await known(site, room_id) == ("withheld", None, None, None)
    assert (await asked(site))["source"] is None, "nothing to be prefilled from"


async def test_it_is_prefilled_from_the_record_and_then_from_what_was_confirmed_last(
    site: Site,
) -> None:
    room_id = await ring(site)
    question = {"answer": None, "source": None, "hidden": False}
    assert await asked(site, room_id=room_id) == {**question, **NOTHING}
    await on_record(site, phone="+49301234567")
    usual = {"address": "Unter den Linden 1\nBerlin", "country": None, "phone": "+49301234567"}
    assert await asked(site) == {**question, **usual, "source": "record"}
    assert (await say(site, f"calls/{room_id}", HERE))[0] == 204
    assert await asked(site) == {**question, **HOME, "source": "confirmed"}
    await site.clock.advance(1)
    assert (await say(site, f"calls/{room_id}", {"answer": "usual", "country": "DE"}))[0] == 204
    assert await known(site, room_id) == ("given", usual["address"], "DE", usual["phone"])


async def test_what_was_said_in_the_waiting_room_counts_for_the_calls_that_follow(
    site: Site,
) -> None:
    one = await book(site)
    path = f"waiting-room/{one['appointment_id']}"
    status, problem = await say(site, path, HERE)
    assert (status, problem["code"], problem["reason"]) == (409, "not_waiting_time", "early")
    site.clock.set((NINE - site.clock.now() - timedelta(minutes=10)).total_seconds())
    assert (await say(site, path, HERE))[0] == 204
    assert (await asked(site, appointment_id=one["appointment_id"]))["answer"] == "given"
    elsewhere = await ring(site)
    assert (await told(site, elsewhere))["state"] == "unknown", "of another call"
    await call(site, "provider", "POST", "call/end", json={"room_id": elsewhere})
    room_id = await ring(site, appointment_id=one["appointment_id"])
    assert await known(site, room_id) == ("given", *HOME.values())
    await call(site, "provider", "POST", "call/end", json={"room_id": room_id})
    site.clock.set(timedelta(hours=5).total_seconds())
    later = await ring(site, appointment_id=one["appointment_id"])
    assert (await told(site, later))["state"] == "unknown", "by then they may be anywhere"


async def test_what_is_said_after_a_call_is_not_of_that_call(site: Site) -> None:
    one = await book(site)
    path = f"waiting-room/{one['appointment_id']}"
    site.clock.set((NINE - site.clock.now()).total_seconds())
    await say(site, path, HERE)
    first = await ring(site, appointment_id=one["appointment_id"])
    await call(site, "provider", "POST", "call/end", json={"room_id": first})
    await site.clock.advance(1)
    await say(site, path, {**HERE, "address": "On the train"})
    second = await ring(site, appointment_id=one["appointment_id"])
    assert (await known(site, second))[1] == "On the train"
    assert (await known(site, first))[1] == HOME["address"], "where they were then"


async def test_nobody_but_the_provider_of_the_call_reads_it_nor_another_patient_says_it(
    site: Site,
) -> None:
    room_id = await ring(site)
    await say(site, f"calls/{room_id}", HERE)
    roles: tuple[Role, ...] = ("patient", "compliance", "ops", "admin", "guest")
    for role in roles:
        status, problem = await call(site, role, "GET", f"calls/{room_id}/place")
        assert (status, problem["code"]) == (403, "forbidden")
    path = f"{TELEMEDICINE}/calls/{room_id}/place"
    others: tuple[tuple[str, Role, str], ...] = (
        ("other", "provider", "GET"),
        ("stranger", "patient", "PUT"),
    )
    for user_id, role, method in others:
        who = await headers(site, user_id, role)
        body = HERE if method == "PUT" else None
        async with site.client.request(method, path, headers=who, json=body) as reply:
            assert (reply.status, (await site.problem(reply))["code"]) == (404, "unknown_room")


async def test_what_cannot_be_is_named(site: Site) -> None:
    room_id = await ring(site)
    impossible: tuple[tuple[Told, str], ...] = (
        ({**HERE, "address": " \n"}, "address"),
        ({**HERE, "address": None}, "address"),
        ({**HERE, "country": "XX"}, "country"),
        ({**HERE, "country": "pt"}, "country"),
        ({**HERE, "country": None}, "country"),
        ({**HERE, "phone": "112"}, "phone"),
        ({**HERE, "phone": "+1 202 555 0143"}, "phone"),
        ({"answer": "usual", "country": "DE"}, "usual"),
        ({"answer": "withheld", "country": "DE"}, "withheld"),
    )
    for body, reason in impossible:
        status, problem = await say(site, f"calls/{room_id}", body)
        assert (status, problem["code"], problem["reason"]) == (422, "invalid_place", reason)
    assert await rows(site) == []


async def test_each_reading_is_in_the_log_without_a_word_of_it(site: Site) -> None:
    room_id = await ring(site)
    await say(site, f"calls/{room_id}", HERE)
    await told(site, room_id)
    await asked(site)
    events = [one for one in await all_events(site.services.database) if "place." in one.action]
    assert [(one.action, one.actor_id) for one in events] == [
        ("place.said", "patient"),
        ("place.read", "provider"),
        ("place.read", "patient"),
    ]
    assert not any("Prata" in str(one.detail) for one in events)


async def test_compliance_erases_it_by_its_key(site: Site) -> None:
    one = await book(site)
    site.clock.set((NINE - site.clock.now()).total_seconds())
    await say(site, f"waiting-room/{one['appointment_id']}", HERE)
    room_id = await ring(site, appointment_id=one["appointment_id"])
    await site.clock.advance(1)
    await say(site, f"calls/{room_id}", HERE)
    erase, why = f"calls/{room_id}/place/erase", {"reason": "Asked for it"}
    assert (await call(site, "provider", "POST", erase, json=why))[0] == 403
    assert (await call(site, "compliance", "POST", erase, json=why))[0] == 204
    async with site.services.database.reading() as tx:
        keys = list(await tx.scalars(sa.select(ClinicalKey)))
    assert [(key.kind, key.wrapped_key) for key in keys] == [("place", None)] * 2
    assert (await told(site, room_id))["state"] == "unreadable"
    status, problem = await call(site, "compliance", "POST", erase, json=why)
    assert (status, problem["code"]) == (409, "clinical_text_erased")


async def test_what_was_changed_in_the_database_is_not_told(site: Site) -> None:
    room_id = await ring(site)
    for body in (HERE, {**HERE, "address": "Elsewhere"}):
        await say(site, f"calls/{room_id}", body)
        await site.clock.advance(1)
    first, last = await rows(site)
    async with site.services.database.transaction() as tx:
        (await tx.get_one(StatedPlace, last.id)).sealed = first.sealed
    assert (await told(site, room_id))["state"] == "unreadable"
    assert (await asked(site))["source"] is None


async def test_whoever_came_by_a_link_is_not_told_where_the_patient_lives(
    practice: Practice,
) -> None:
    home = {"name": "Sam Lee", "email": "sam@example.net", "address": ["Home Street 5"]}
    status, _ = await practice.ask("PUT", f"patients/{practice.patient_id}", json=home)
    assert status == 200
    appointment = await practice.book()
    guest = Browser(practice.site)
    assert (await guest.enter(token(await practice.link(appointment))))[0] == 200
    where = "/api/v1/telemedicine"
    _, found = await guest.ask("GET", f"{where}/place", params={"appointment_id": appointment})
    assert (found["hidden"], found["address"], found["phone"]) == (True, None, None)
    practice.site.clock.set(timedelta(minutes=15).total_seconds())
    usual = {"answer": "usual", "country": "DE"}
    waiting = f"{where}/waiting-room/{appointment}/place"
    assert (await guest.ask("PUT", waiting, json=usual))[0] == 204
    room_id = await practice.call(appointment)
    _, told = await practice.ask("GET", f"calls/{room_id}/place")
    assert (told["address"], told["by_link"]) == ("Home Street 5", True)
    assert (await guest.ask("GET", f"{where}/calls/{room_id}/place"))[0] == 403
    async with guest.socket(practice.patient_id) as page:
        assert (await heard(page, "call_invitation"))["room_id"] == room_id
    assert (await guest.ask("PUT", f"{where}/calls/{room_id}/place", json=HERE))[0] == 204


async def test_whoever_came_by_a_link_has_not_the_word_over_the_patient(practice: Practice) -> None:
    site = practice.site
    await site.headers("patient")
    appointment = await practice.book(patient_id="patient")
    path = f"waiting-room/{appointment}"
    guest = Browser(site)
    assert (await guest.enter(token(await practice.link(appointment))))[0] == 200
    site.clock.set(timedelta(minutes=15).total_seconds())
    false = {"answer": "here", "address": "A false address", "country": "ES"}
    by_link = "PUT", f"{TELEMEDICINE}/{path}/place"
    assert (await guest.ask(*by_link, json=false))[0] == 204
    assert (await asked(site))["source"] is None, "nothing that the patient has confirmed"
    body = {"patient_id": "patient", "appointment_id": appointment}
    room_id = (await practice.ask("POST", "call/initiate", json=body))[1]["room_id"]
    assert (await known(site, room_id))[1] == false["address"], "better than nothing"
    own = {**await site.headers("patient"), "Origin": ORIGIN}
    async with site.client.put(by_link[1], headers=own, json=HERE) as reply:
        assert reply.status == 204
    await site.clock.advance(1)
    assert (await guest.ask(*by_link, json=false))[0] == 204
    assert await known(site, room_id) == ("given", *HOME.values())
    assert (await asked(site))["address"] == HOME["address"]
