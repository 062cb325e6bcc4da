"""Whoever has to know of an access in an emergency is told once, whatever becomes of a server."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from signaling import config
from signaling.alerts import Delivery
from signaling.recordings.breakglass.alerting import LEASE, LONGEST_PAUSE, Alerting
from tests.signaling.calls.test_emergency import webhook
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import record
from tests.support.away import GoesAway, Outlasting
from tests.support.mail import by_mail, free_port, mail_server
from tests.support.stored import all_events


async def opened(practice: Practice) -> None:
    """An access in an emergency, by a server that dies before it has told anybody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Alerting, "alert", Alerting.tell)
        room_id = await practice.ring(recording=True)
        session_id = (await practice.log(room_id))[0].session_id or ""
        await record(practice.recordings.archive, session_id, room_id)
        await practice.break_glass.open(practice.provider, room_id, "ETREAT", "Alex took tablets")


def another_server(practice: Practice) -> Alerting:
    own = practice.break_glass._alerting
    return Alerting(practice.database, practice.hub, own._delivery, own._url, practice.clock)


async def told(practice: Practice) -> list[Mapping[str, Any]]:
    return [
        event.detail
        for event in await all_events(practice.database)
        if event.action == "recording.break_glass_alerted"
    ]


async def test_what_a_server_that_died_has_not_told_another_one_tells_once(
    tmp_path: Path, database_url: str
) -> None:
    async with (
        mail_server() as (port, letters),
        open_practice(tmp_path, database_url=database_url, **by_mail(port)) as practice,
    ):
        await opened(practice)
        await asyncio.gather(*(another_server(practice).try_once() for _ in range(3)))
        assert len(letters.received) == 1
        await practice.clock.advance(LEASE.total_seconds() + 1)
        await another_server(practice).try_once()
        assert len(letters.received) == 1
        assert [one["by"] for one in await told(practice)] == ["email"]


async def test_it_is_told_once_the_mail_server_is_back(tmp_path: Path) -> None:
    port = free_port()
    async with open_practice(tmp_path, **by_mail(port)) as practice:
        await opened(practice)
        server = another_server(practice)
        for _ in range(3):
            await server.try_once()
            await practice.clock.advance(LONGEST_PAUSE.total_seconds())
        assert await told(practice) == []
        async with mail_server(port) as (_, letters):
            await server.try_once()
            assert len(letters.received) == 1
            await practice.clock.advance(LONGEST_PAUSE.total_seconds())
            await server.try_once()
            assert len(letters.received) == 1
        assert [one["by"] for one in await told(practice)] == ["email"]


async def test_the_other_way_is_tried_though_the_database_goes_away_after_the_first(
    tmp_path: Path,
) -> None:
    called: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        called.append(await request.json())
        return web.Response(status=204)

    async with mail_server() as (port, letters), webhook(answer) as url:
        smtp = by_mail(port)["smtp"]
        emergency = config.Emergency(email_to=("duty@practice.example",), webhook_url=url)
        async with open_practice(
            tmp_path, database_kind=GoesAway, emergency=emergency, smtp=smtp
        ) as practice:
            database, clock = practice.database, practice.clock
            assert isinstance(database, GoesAway)
            await opened(practice)
            delivery = Delivery(emergency, Outlasting(smtp, database), clock)
            await Alerting(database, practice.hub, delivery, "", clock).try_once()
            assert (len(letters.received), len(called)) == (1, 1)
            database.away = False
            assert await told(practice) == [], "nobody could write it down"
            await clock.advance(LEASE.total_seconds() + 1)
            await another_server(practice).try_once()
            assert (len(letters.received), len(called)) == (2, 2)
            assert [one["by"] for one in await told(practice)] == ["email", "webhook"]
