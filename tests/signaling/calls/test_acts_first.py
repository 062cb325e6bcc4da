"""Hanging up, saying no and calling for help wait for no database: they take effect,
and are written afterwards.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from signaling import config
from signaling.calls import (
    answering,
    consenting,
    emergencies,
    history,
    inviting,
    joining,
    leaving,
    lifetime,
)
from signaling.calls.messages import CallDeclined, CallEmergency, CallEnded
from signaling.kernel.errors import DomainError
from signaling.kernel.journal import Entry, Journals, nothing
from signaling.kernel.words import Role
from storage.audit import AuditEvent
from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import TelemedicineSession
from tests.patience import PATIENCE, until
from tests.signaling.conftest import TELEMEDICINE, configuration, open_site
from tests.signaling.manual_clock import START, ManualClock
from tests.signaling.practice import Page, Practice, open_practice
from tests.support.postgresql import PostgreSQL
from tests.support.stored import events_of_call
from tests.talking import talking

ROLES: tuple[Role, ...] = ("provider", "patient")


@asynccontextmanager
async def stopped(server: PostgreSQL) -> AsyncIterator[None]:
    """Whatever the test finds, the server runs again afterwards."""
    server.stop()
    try:
        yield
    finally:
        server.start()


@asynccontextmanager
async def hanging(url: str) -> AsyncIterator[None]:
    """A database that takes every statement and answers none that writes."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(
            text("LOCK TABLE audit, telemedicine_sessions IN ACCESS EXCLUSIVE MODE")
        )
        yield
        await connection.rollback()
    await engine.dispose()


async def until_written(practice: Practice, action: str, room_id: str) -> AuditEvent:
    async with asyncio.timeout(PATIENCE):
        while True:
            found = [event for event in await practice.log(room_id) if event.action == action]
            if found:
                return found[-1]
            await practice.clock.advance(5)


async def test_hanging_up_without_a_database_frees_both_at_once(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    async with open_practice(tmp_path, database_url=await postgresql.new_database()) as practice:
        room_id, provider, patient = await practice.meeting()
        await practice.clock.advance(90)
        hung_up_at = practice.clock.now()
        async with stopped(postgresql):
            assert await leaving.hang_up(practice.calls, practice.patient, room_id) == 90
            assert await leaving.hang_up(practice.calls, practice.provider, room_id) == 90, (
                "the second one is no error either"
            )
            late = await joining.join(practice.calls, Page(practice.provider), room_id)
            assert isinstance(late, CallEnded)
            assert [page.last(CallEnded).reason for page in (provider, patient)] == ["hung_up"] * 2
            await practice.clock.advance(300)
        ended = await until_written(practice, "call.ended", room_id)
        assert ended.at == hung_up_at, "the log tells when it happened, not when it was written"
        row = await practice.row(room_id)
        assert (row.call_status, row.duration_seconds, row.ended_at) == ("ended", 90, hung_up_at)
        assert (await practice.actions(room_id)).count("call.ended") == 1
        assert await practice.ring(), "nobody is busy"


async def test_a_database_that_hangs_delays_no_act(postgresql: PostgreSQL, tmp_path: Path) -> None:
    url = await postgresql.new_database()
    async with open_practice(tmp_path, database_url=url) as practice:
        admin = practice.page(practice.admin)
        room_id, provider, _ = await practice.running()
        async with hanging(url):
            raised = await emergencies.alert(practice.calls, practice.patient, room_id)
            assert raised.phone == "112"
            assert admin.last(CallEmergency).patient_name == practice.patient.name
            ending = asyncio.create_task(leaving.hang_up(practice.calls, practice.patient, room_id))
            await asyncio.sleep(0)
            assert provider.last(CallEnded).reason == "hung_up"
            await ending
        await until_written(practice, "call.ended", room_id)
        assert (await practice.actions(room_id))[-2:] == ["call.emergency", "call.ended"], (
            "in their order"
        )


async def test_no_without_a_database_is_a_no(postgresql: PostgreSQL, tmp_path: Path) -> None:
    async with open_practice(tmp_path, database_url=await postgresql.new_database()) as practice:
        provider = practice.page(practice.provider)
        room_id = await practice.ring()
        async with stopped(postgresql):
            await answering.decline(practice.calls, practice.patient, room_id)
            assert provider.last(CallDeclined).room_id == room_id
            with pytest.raises(DomainError) as refused:
                await answering.accept(
                    practice.calls, practice.patient, room_id, recording_consent=True
                )
            assert refused.value.code == "call_over"
        await until_written(practice, "call.declined", room_id)
        assert (await practice.row(room_id)).call_status == "declined"


async def test_a_yes_without_a_database_is_none(postgresql: PostgreSQL, tmp_path: Path) -> None:
    async with open_practice(tmp_path, database_url=await postgresql.new_database()) as practice:
        room_id, _, patient = await practice.running(recording=True, consent=False)
        async with stopped(postgresql):
            with pytest.raises(DatabaseUnavailable):
                await consenting.decide(practice.calls, patient, room_id, given=True)
            await consenting.decide(practice.calls, patient, room_id, given=False)
        joined = await practice.rejoin(patient, room_id)
        assert joined.recording_consent is False
        await consenting.decide(practice.calls, patient, room_id, given=True)
        assert (await practice.row(room_id)).recording_consent_given is True
        await consenting.decide(practice.calls, patient, room_id, given=False)
        await until_written(practice, "consent.withdrawn", room_id)
        assert [a for a in await practice.actions(room_id) if a.startswith("consent")] == [
            "consent.given",
            "consent.declined",
            "consent.given",
            "consent.withdrawn",
        ]


async def test_the_provider_can_withdraw_while_an_answer_is_being_written(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = await postgresql.new_database()
    async with open_practice(tmp_path, database_url=url) as practice:
        room_id = await practice.ring()
        async with hanging(url):
            accepting = asyncio.create_task(
                answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
            )
            await asyncio.sleep(0.05)
            cancelling = asyncio.create_task(
                leaving.hang_up(practice.calls, practice.provider, room_id)
            )
            await asyncio.sleep(0)
        with pytest.raises(DomainError) as refused:
            await accepting
        assert refused.value.code == "call_over"
        await cancelling
        await until_written(practice, "call.ended", room_id)
        assert (await practice.row(room_id)).end_reason == "cancelled"


async def test_a_row_that_a_failover_lost_is_written_anew(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, provider, _ = await practice.running()
        await practice.clock.advance(30)
        async with practice.database.transaction() as tx:
            for table in ("connection_changes", "call_participants", "telemedicine_sessions"):
                await tx.execute(text(f"DELETE FROM {table}"))
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        assert provider.last(CallEnded).reason == "hung_up"
        row = await practice.row(room_id)
        assert (row.call_status, row.duration_seconds, row.patient_id) == ("ended", 30, "patient")
        assert row.started_at == row.created_at == START
        assert await practice.ring(), "nobody is busy"


async def test_a_full_disk_delays_no_act(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        admin = practice.page(practice.admin)
        room_id, provider, _ = await practice.running()
        await fill(practice.database)
        await emergencies.alert(practice.calls, practice.patient, room_id)
        assert admin.all(CallEmergency)
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        assert provider.last(CallEnded).reason == "hung_up"
        async with practice.database.transaction() as tx:
            await tx.execute(text("PRAGMA max_page_count = 1000000"))
        await until_written(practice, "call.ended", room_id)
        assert (await practice.actions(room_id))[-2:] == ["call.emergency", "call.ended"]


async def fill(database: Database) -> None:
    """Until SQLite says so itself: a full disk of one's own needs root to mount."""
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE filler (bytes BLOB)"))
    async with database.transaction() as tx:
        pages = (await tx.execute(text("PRAGMA page_count"))).scalar_one()
        await tx.execute(text(f"PRAGMA max_page_count = {pages}"))
    for size in (4000, 400, 40, 4):
        with suppress(DatabaseUnavailable):
            while True:
                async with database.transaction() as tx:
                    await tx.execute(text(f"INSERT INTO filler VALUES (zeroblob({size}))"))


async def test_a_server_that_stops_ends_all_calls_at_once(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = await postgresql.new_database()
    async with open_practice(tmp_path, database_url=url) as practice:
        room_id, provider, patient = await practice.running(recording=True, consent=True)
        clients = (
            await practice.connect(provider, room_id),
            await practice.connect(patient, room_id),
        )
        await until(lambda: provider.recording_states()[-1] == "recording")
        other = practice.page(practice.other_provider)
        await inviting.initiate(practice.calls, practice.other_provider, "other_patient")
        async with talking(*clients), hanging(url):
            await until(lambda: practice.relay.room(room_id).bytes_relayed > 100_000)
            call, stopped_at = practice.calls.find(room_id), practice.clock.now()
            assert call is not None
            closing = asyncio.create_task(lifetime.close(practice.calls))
            await asyncio.sleep(0)
            for page in (provider, patient, other):
                assert page.last(CallEnded).reason == "server_restart"
            with pytest.raises(DomainError) as refused:
                await inviting.initiate(practice.calls, practice.provider, "patient")
            assert refused.value.code == "server_stopping"
            await until(lambda: not call.capture.running)
            await practice.clock.advance(3)
        await closing
        events = (await practice.log(room_id))[-3:]
        assert [event.action for event in events] == [
            "call.failed",
            "recording.stopped",
            "recording.completed",
        ]
        assert [event.at for event in events[:2]] == [stopped_at] * 2, (
            "the log tells when it happened, not when it was written"
        )


class LosesAnswers(Database):
    """Commits, and loses the connection before it can say so."""

    answers_to_lose = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with super().transaction() as tx:
            yield tx
        if self.answers_to_lose:
            self.answers_to_lose -= 1
            raise DatabaseUnavailable("the connection was lost")


async def test_what_was_written_without_an_answer_is_not_written_twice(tmp_path: Path) -> None:
    database = await LosesAnswers.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.sqlite3")
    database.answers_to_lose = 1
    journal = Journals(database, ManualClock()).open()
    for seconds in (0, 1):
        at = START + timedelta(seconds=seconds)
        journal.add(
            Entry(nothing, AuditEvent("call.emergency", at, "patient", session_id="a call"))
        )
    async with asyncio.timeout(PATIENCE):
        while not await journal.written(1):
            pass
    async with database.reading() as tx:
        events = await events_of_call(tx, "a call")
    await database.close()
    assert [event.at for event in events] == [START, START + timedelta(seconds=1)]


async def test_an_invitation_whose_commit_was_not_answered_keeps_nobody_busy(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path, database_kind=LosesAnswers) as practice:
        assert isinstance(practice.database, LosesAnswers)
        other = await inviting.initiate(practice.calls, practice.other_provider, "other_patient")
        practice.database.answers_to_lose = 1
        with pytest.raises(DatabaseUnavailable):
            await practice.ring()
        [lost] = (await history.page(practice.calls, practice.provider, None)).calls
        assert lost.call_status == "initiated", "it was written"
        await practice.clock.advance(1)
        room_id = await practice.ring()
        row = await practice.row(lost.room_id)
        assert (row.call_status, row.end_reason) == ("failed", "server_restart")
        assert await practice.actions(lost.room_id) == ["call.initiated", "call.failed"]
        for known in (room_id, other):
            assert (await practice.row(known)).call_status == "initiated", (
                "this server's own calls go on"
            )


class Refuses(Database):
    """Is away for so many transactions, and there for the next one."""

    refusals = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        if self.refusals:
            self.refusals -= 1
            raise DatabaseUnavailable("not now")
        async with super().transaction() as tx:
            yield tx


async def test_an_end_that_is_still_to_be_written_is_not_told_otherwise_by_the_next_invitation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.calls.ledger.PATIENCE_SECONDS", 0.1)
    async with open_practice(tmp_path, database_kind=Refuses) as practice:
        assert isinstance(practice.database, Refuses)
        room_id, _, _ = await practice.running()
        # To the end, and to what the invitation would have written before it.
        practice.database.refusals = 2
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        with pytest.raises(DomainError) as refused:
            await practice.ring()
        assert refused.value.code == "patient_busy"
        await until_written(practice, "call.ended", room_id)
        assert (await practice.row(room_id)).end_reason == "hung_up"
        assert "call.failed" not in await practice.actions(room_id)


async def test_a_no_that_fails_for_an_unknown_reason_is_tried_again(tmp_path: Path) -> None:
    faults = [RuntimeError("nobody knows why"), ValueError("nor this")]

    async def fails_twice(tx: AsyncSession) -> None:
        if faults:
            raise faults.pop()

    async with open_practice(tmp_path) as practice:
        journal = Journals(practice.database, practice.clock).open()
        journal.add(Entry(fails_twice, AuditEvent("consent.declined", START, session_id="a call")))
        async with asyncio.timeout(PATIENCE):
            while not await journal.written(0.1):
                await practice.clock.advance(5)
        async with practice.database.reading() as tx:
            events = [event.action for event in await events_of_call(tx, "a call")]
        assert events == ["consent.declined"]


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_what_another_transaction_was_in_the_way_of_is_written_at_once(
    postgresql: PostgreSQL, state: str
) -> None:
    left = [1, 2]

    async def conflicts_twice(tx: AsyncSession) -> None:
        if left:
            left.pop()
            fails = f"DO $$ BEGIN RAISE 'in the way' USING ERRCODE = '{state}'; END $$"
            await tx.execute(text(fails))

    database = await Database.open(await postgresql.new_database())
    journal = Journals(database, ManualClock()).open()  # on which no time passes
    journal.add(Entry(conflicts_twice, AuditEvent("consent.declined", START, session_id="a call")))
    async with asyncio.timeout(PATIENCE):
        await journal.settled()
    async with database.reading() as tx:
        events = [event.action for event in await events_of_call(tx, "a call")]
    assert events == ["consent.declined"]
    await database.close()


async def test_what_is_not_written_holds_up_its_own_people_only(tmp_path: Path) -> None:
    stuck = True

    async def waits(tx: AsyncSession) -> None:
        if stuck:
            raise DatabaseUnavailable("It waits.")

    async with open_practice(tmp_path) as practice:
        journals = Journals(practice.database, practice.clock)
        journal = journals.open("provider", "patient")
        journal.add(Entry(waits, AuditEvent("call.ended", START, session_id="a call")))
        assert not await journals.written(0.1, "patient", "other_provider")
        assert await journals.written(PATIENCE, "other_patient", "other_provider")
        assert not await journals.written(0.1), "of anybody"
        stuck = False
        assert await journals.written(PATIENCE)


async def test_reading_of_a_call_waits_for_what_is_written_of_that_call_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.calls.ledger.CATCH_UP_SECONDS", 10 * PATIENCE)
    async with open_practice(tmp_path) as practice:
        room_id = await practice.ring()
        other = await inviting.initiate(
            practice.calls, practice.other_provider, practice.other_patient.user_id
        )
        written = asyncio.Event()

        async def waits(tx: AsyncSession) -> None:
            await written.wait()

        call = practice.calls.find(room_id)
        assert call
        call.journal.add(Entry(waits))
        ending = asyncio.create_task(leaving.hang_up(practice.calls, practice.provider, room_id))
        async with asyncio.timeout(PATIENCE):
            assert (await practice.row(other)).call_status == "initiated"
        reading = asyncio.create_task(practice.row(room_id))
        await asyncio.wait({reading}, timeout=0.2)
        assert not reading.done()
        written.set()
        assert (await reading).end_reason == "cancelled"
        await ending


async def test_what_cannot_be_written_holds_up_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(tx: AsyncSession) -> None:
        await telemedicine_sessions.restore(tx, TelemedicineSession(id="without the rest"))

    async with open_practice(tmp_path) as practice:
        journal = Journals(practice.database, practice.clock).open()
        journal.add(Entry(fails, AuditEvent("call.ended", START, session_id="a call")))
        journal.add(Entry(nothing, AuditEvent("call.emergency", START, session_id="a call")))
        async with asyncio.timeout(PATIENCE):
            while not await journal.written(0.1):
                await practice.clock.advance(5)
        async with practice.database.reading() as tx:
            events = [event.action for event in await events_of_call(tx, "a call")]
        assert events == ["call.emergency"]
    assert (
        "cannot be written: call.ended of call a call at 2026-03-02T09:00:00+00:00" in caplog.text
    )


async def test_over_http_the_signed_in_are_known_while_the_database_is_away(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    storage = config.Storage(
        data_path=tmp_path / "data", database_url=await postgresql.new_database()
    )
    async with open_site(configuration(tmp_path, storage=storage)) as site:
        who = {role: await site.headers(role) for role in ROLES}
        unknown = await site.headers("admin")

        async def post(
            headers: dict[str, str], path: str, **body: object
        ) -> tuple[int, dict[str, Any]]:
            async with site.client.post(
                f"{TELEMEDICINE}/call/{path}", json=body, headers=headers
            ) as response:
                return response.status, await response.json(content_type=None)

        _, initiated = await post(who["provider"], "initiate", patient_id="patient")
        room_id = initiated["room_id"]
        await post(who["patient"], "accept", room_id=room_id, recording_consent=False)
        async with stopped(postgresql):
            assert (await post(who["patient"], "emergency", room_id=room_id))[0] == 200
            assert (await post(who["patient"], "end", room_id=room_id))[0] == 200
            assert (await post(unknown, "emergency", room_id=room_id))[0] == 503
            site.services.authentication.forget(who["provider"]["Cookie"].partition("=")[2])
            assert (await post(who["provider"], "end", room_id=room_id))[0] == 503
            await site.clock.leap(3600)
            assert (await post(who["patient"], "end", room_id=room_id))[0] == 503, (
                "the sign-in has expired"
            )
