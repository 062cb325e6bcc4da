"""An emergency is part of its call: it outlives reloads, its call and the server, and says
who was reached.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from signaling import config
from signaling.calls import crises, emergencies, leaving
from signaling.calls.messages import CallEmergency, EmergencyState
from signaling.http.problem import status
from signaling.kernel.errors import DomainError
from signaling.kernel.words import Role
from storage.calls import telemedicine_sessions
from tests.patience import PATIENCE, until
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.practice import Practice, open_practice
from tests.support.mail import by_mail, free_port, mail_server

NOBODY_OF_THE_PRACTICE = config.Emergency(phone="112", practice_phone="+49 30 123456")


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path, emergency=NOBODY_OF_THE_PRACTICE) as practice:
        yield practice


async def passing(practice: Practice, condition: Callable[[], object]) -> None:
    """Until it is so; the server's clock goes on meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await practice.clock.advance(1)
            await asyncio.sleep(0.02)


async def state(practice: Practice, room_id: str) -> EmergencyState:
    emergency = (await practice.row(room_id)).emergency
    assert emergency is not None
    return emergency


async def test_after_a_reload_it_is_still_there_for_everybody(practice: Practice) -> None:
    practice.page(practice.admin)
    room_id, provider, patient = await practice.running()
    await emergencies.alert(practice.calls, practice.patient, room_id)
    for page in (provider, patient):
        joined = await practice.rejoin(page, room_id)
        assert joined.emergency is not None
        assert (joined.emergency.raised_by, joined.emergency.phone) == (
            practice.patient.name,
            "112",
        )
    again = practice.page(practice.admin)
    assert again.last(CallEmergency).patient_name == practice.patient.name
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    assert (await state(practice, room_id)).raised_by == practice.patient.name, (
        "on the page of a call that is over"
    )
    assert practice.page(practice.admin).last(CallEmergency).room_id == room_id, (
        "nobody has taken it on yet"
    )


async def test_when_nobody_is_signed_in_nobody_was_reached(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    raised = await emergencies.alert(practice.calls, practice.patient, room_id)
    assert (raised.reached, raised.pending, raised.practice_phone) == ([], False, "+49 30 123456")
    assert patient.last(CallEmergency).reached == []
    admin = practice.page(practice.admin)
    assert admin.last(CallEmergency).room_id == room_id
    for page in (provider, patient):
        assert page.last(CallEmergency).reached == ["administrators"], "from now on"
    assert (await state(practice, room_id)).reached == ["administrators"]
    assert (await practice.actions(room_id))[-2:] == ["call.emergency", "call.emergency_alerted"]


async def test_whoever_takes_it_on_is_told_to_everybody(practice: Practice) -> None:
    admin, other = practice.page(practice.admin), practice.page(practice.admin)
    room_id, _, patient = await practice.running()
    await emergencies.alert(practice.calls, practice.provider, room_id)
    with pytest.raises(DomainError) as refused:
        emergencies.acknowledge(practice.calls, practice.provider, room_id)
    assert status(refused.value) == 403
    await practice.clock.advance(7)
    emergencies.acknowledge(practice.calls, practice.admin, room_id)
    for page in (patient, admin, other):
        last = page.last(CallEmergency)
        assert (last.acknowledged_by, last.acknowledged_at) == (
            practice.admin.name,
            practice.clock.now(),
        )
    assert not practice.page(practice.admin).all(CallEmergency), "it stands no more"
    assert (await practice.join(patient, room_id)).emergency == await state(practice, room_id)
    acknowledged = (await practice.log(room_id))[-1]
    assert (acknowledged.action, acknowledged.actor_id) == ("call.emergency_acknowledged", "admin")
    with pytest.raises(DomainError) as refused:
        emergencies.acknowledge(practice.calls, practice.admin, room_id)
    assert refused.value.code == "no_emergency"


async def test_raised_again_after_it_was_taken_on_it_is_a_new_one(practice: Practice) -> None:
    admin = practice.page(practice.admin)
    room_id, _, _ = await practice.running()
    await crises.begin(practice.calls, practice.patient, room_id)
    first = await state(practice, room_id)
    await practice.clock.advance(20)
    await crises.begin(practice.calls, practice.provider, room_id)
    assert (await state(practice, room_id)).raised_at == first.raised_at, "still the same one"
    emergencies.acknowledge(practice.calls, practice.admin, room_id)
    await crises.begin(practice.calls, practice.provider, room_id)
    again = await state(practice, room_id)
    assert (again.raised_by, again.acknowledged_by) == (practice.provider.name, None)
    assert admin.last(CallEmergency).acknowledged_by is None


async def test_one_that_nobody_answered_outlives_the_server(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as first:
        room_id, _, _ = await first.running()
        await emergencies.alert(first.calls, first.patient, room_id)
    async with open_practice(tmp_path) as second:
        admin = second.page(second.admin)
        assert admin.last(CallEmergency).patient_name == second.patient.name
        emergencies.acknowledge(second.calls, second.admin, room_id)
        assert (await state(second, room_id)).acknowledged_by == second.admin.name
    async with open_practice(tmp_path) as third:
        assert not third.page(third.admin).all(CallEmergency)
        assert (await state(third, room_id)).acknowledged_by == third.admin.name


async def test_after_a_day_it_is_history(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, _, _ = await practice.running()
        await emergencies.alert(practice.calls, practice.patient, room_id)
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        await practice.clock.leap(24 * 3600 + 1)
        assert not practice.page(practice.admin).all(CallEmergency)
        assert (await state(practice, room_id)).raised_by == practice.patient.name


async def test_over_http(site: Site) -> None:
    roles: tuple[Role, ...] = ("provider", "patient", "admin")
    who = {role: await site.headers(role) for role in roles}

    async def post(role: Role, path: str, **body: object) -> tuple[int, dict[str, Any]]:
        async with site.client.post(
            f"{TELEMEDICINE}/call/{path}", json=body, headers=who[role]
        ) as response:
            return response.status, await response.json(content_type=None)

    _, initiated = await post("provider", "initiate", patient_id="patient")
    room_id = initiated["room_id"]
    assert (await post("admin", "emergency/acknowledge", room_id=room_id))[0] == 404
    status, raised = await post("patient", "emergency", room_id=room_id)
    assert (status, raised["reached"], raised["practice_phone"]) == (200, [], "")
    assert (await post("patient", "emergency/acknowledge", room_id=room_id))[0] == 403
    assert await post("admin", "emergency/acknowledge", room_id=room_id) == (
        200,
        {"status": "acknowledged"},
    )
    async with site.client.get(
        f"{TELEMEDICINE}/calls/{room_id}", headers=who["patient"]
    ) as response:
        assert (await response.json())["emergency"]["acknowledged_by"] == "Name of admin"


# --- by e-mail and webhook


async def test_staff_is_told_by_email(tmp_path: Path) -> None:
    async with (
        mail_server() as (port, letters),
        open_practice(tmp_path, **by_mail(port)) as practice,
    ):
        room_id, provider, patient = await practice.running()
        raised = await emergencies.alert(practice.calls, practice.patient, room_id)
        assert (raised.reached, raised.pending) == ([], True)
        await until(lambda: patient.last(CallEmergency).reached == ["email"])
        assert not provider.last(CallEmergency).pending
        [letter] = letters.received
        assert letter["To"] == "duty@practice.example, second@practice.example"
        text = letter.get_payload()
        assert "The patient of a video call raised an emergency" in text
        assert "https://video.example.org" in text
        assert practice.patient.name not in str(letter), "an e-mail names nobody"
        assert (await state(practice, room_id)).reached == ["email"]


async def test_raised_again_after_the_crisis_was_over_it_alerts_again(tmp_path: Path) -> None:
    async with (
        mail_server() as (port, letters),
        open_practice(tmp_path, **by_mail(port)) as practice,
    ):
        room_id, _, patient = await practice.running()
        await crises.begin(practice.calls, practice.patient, room_id)
        await until(lambda: patient.last(CallEmergency).reached == ["email"])
        await crises.end(practice.calls, practice.provider, room_id)
        await practice.clock.advance(20)
        raised = await crises.begin(practice.calls, practice.patient, room_id)
        assert (raised.reached, raised.pending) == ([], True), "nobody knows of this one yet"
        await until(lambda: patient.last(CallEmergency).reached == ["email"])
        assert len(letters.received) == 2
        assert (await state(practice, room_id)).raised_at == practice.clock.now()


async def test_email_is_tried_again_until_its_server_is_there(tmp_path: Path) -> None:
    port = free_port()
    async with open_practice(tmp_path, **by_mail(port)) as practice:
        room_id, _, patient = await practice.running()
        await emergencies.alert(practice.calls, practice.patient, room_id)
        await asyncio.sleep(0.1)
        assert patient.last(CallEmergency).pending
        async with mail_server(port) as (_, letters):
            await passing(practice, lambda: patient.last(CallEmergency).reached == ["email"])
            assert len(letters.received) == 1


async def test_a_restart_sends_again_what_is_not_known_to_have_arrived(tmp_path: Path) -> None:
    port = free_port()
    async with open_practice(tmp_path, **by_mail(port)) as first:
        room_id, _, asking = await first.running()
        await emergencies.alert(first.calls, first.patient, room_id)
        await passing(first, lambda: not asking.last(CallEmergency).pending)
        assert (await state(first, room_id)).reached == []
    async with (
        mail_server(port) as (_, letters),
        open_practice(tmp_path, **by_mail(port)) as second,
    ):
        async with asyncio.timeout(PATIENCE):
            while (await state(second, room_id)).reached != ["email"]:
                await second.clock.advance(0.1)
    async with mail_server(port) as (_, more), open_practice(tmp_path, **by_mail(port)) as third:
        assert (await state(third, room_id)).pending is False
    assert (len(letters.received), more.received) == (1, []), "what has arrived is not sent again"


async def test_a_late_answer_to_an_earlier_one_does_not_take_on_the_new_one(tmp_path: Path) -> None:
    asked: list[web.Request] = []
    answers = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        await answers[len(asked) - 1].wait()
        return web.Response(status=204)

    async with webhook(answer) as url:
        emergency = config.Emergency(webhook_url=url)
        async with open_practice(tmp_path, emergency=emergency) as practice:
            room_id, provider, patient = await practice.running()
            await emergencies.alert(practice.calls, practice.patient, room_id)
            await until(lambda: len(asked) == 1)
            emergencies.acknowledge(practice.calls, practice.admin, room_id)
            await practice.clock.advance(20)
            await emergencies.alert(practice.calls, practice.patient, room_id)
            raised_at = practice.clock.now()
            await until(lambda: len(asked) == 2)
            told = [len(page.sent) for page in (provider, patient)]
            answers[0].set()
            async with asyncio.timeout(PATIENCE):
                while "call.emergency_alerted" not in await practice.actions(room_id):
                    await practice.clock.advance(1)
            assert [len(page.sent) for page in (provider, patient)] == told, (
                "nobody hears of the first any more"
            )
            async with practice.database.reading() as tx:
                found = await telemedicine_sessions.by_room(tx, room_id)
            assert found is not None
            row = found.session
            assert (row.emergency_raised_at, row.emergency_acknowledged_at) == (raised_at, None)
            assert row.emergency_reached == []
            answers[1].set()
            await until(lambda: patient.last(CallEmergency).reached == ["webhook"])
            assert patient.last(CallEmergency).acknowledged_by is None


async def test_an_alert_that_fails_in_an_unforeseen_way_is_waited_for_no_longer(
    tmp_path: Path,
) -> None:
    # The configuration refuses it before it comes to this.
    emergency = config.Emergency(webhook_url="http://a..b/x")
    async with open_practice(tmp_path, emergency=emergency) as practice:
        room_id, _, patient = await practice.running()
        assert (await emergencies.alert(practice.calls, practice.patient, room_id)).pending
        await until(lambda: not patient.last(CallEmergency).pending)
        assert patient.last(CallEmergency).reached == []


async def test_in_the_end_nobody_could_be_reached(tmp_path: Path) -> None:
    async with open_practice(tmp_path, **by_mail(free_port())) as practice:
        room_id, _, patient = await practice.running()
        await emergencies.alert(practice.calls, practice.patient, room_id)
        async with asyncio.timeout(PATIENCE):
            while patient.last(CallEmergency).pending:
                await practice.clock.advance(30)
                await asyncio.sleep(0.02)
        assert patient.last(CallEmergency).reached == []


@asynccontextmanager
async def webhook(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/alert", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", free_port())
    await site.start()
    yield f"{site.name}/alert"
    await runner.cleanup()


async def test_staff_is_told_by_webhook_and_a_refusal_is_not_taken_for_a_yes(
    tmp_path: Path,
) -> None:
    received: list[dict[str, Any]] = []

    async def answer(request: web.Request) -> web.Response:
        received.append(await request.json())
        return web.Response(status=500 if len(received) == 1 else 204)

    async with webhook(answer) as url:
        emergency = config.Emergency(webhook_url=url)
        async with open_practice(tmp_path, emergency=emergency) as practice:
            room_id, _, patient = await practice.running()
            await emergencies.alert(practice.calls, practice.provider, room_id)
            await passing(practice, lambda: patient.last(CallEmergency).reached == ["webhook"])
            raised_at = (await state(practice, room_id)).raised_at.isoformat()
    assert (
        received
        == [
            {
                "type": "call_emergency",
                "room_id": room_id,
                "raised_by": "provider",
                "raised_at": raised_at,
            }
        ]
        * 2
    )
