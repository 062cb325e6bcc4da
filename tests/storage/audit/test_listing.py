"""The log as it is looked through: by what is asked, in its order, a page at a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage import audit
from storage.audit import AuditEvent, Subject, listing
from storage.audit.listing import FEW_CALLS, Filter
from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.errors import InvalidCursor, InvalidLog
from storage.people import users
from storage.rows.page import Position, encode_cursor
from storage.words import AuditAction, Role
from tests.storage.audit.logs import NOW, sequence, tamper

SECOND = timedelta(seconds=1)


async def called(database: Database, room_id: str, patient_id: str = "patient") -> str:
    """A call that is over; its session's id."""
    async with database.transaction() as tx:
        people: tuple[tuple[str, Role], ...] = (("provider", "provider"), (patient_id, "patient"))
        for user_id, role in people:
            name = f"Name of {user_id}"
            await users.ensure(tx, "platform", user_id, role=role, name=name, now=NOW)
        session = await telemedicine_sessions.create(
            tx,
            patient_id=patient_id,
            provider_id="provider",
            room_id=room_id,
            recording_enabled=True,
            audio_only=False,
            now=NOW,
            invitation_expires_at=NOW,
        )
        session.call_status = "ended"
    return session.id


async def write(database: Database, *events: AuditEvent) -> None:
    async with database.transaction() as tx:
        for event in events:
            await audit.append(tx, event)


async def found(database: Database, wanted: Filter, limit: int = 50) -> list[int]:
    """Numbers in the details of all rows, page after page."""
    numbers: list[int] = []
    cursor = None
    async with database.reading() as tx:
        while True:
            page = await listing.newest(tx, wanted, cursor, limit)
            numbers += [int(str(one.entry.event.detail["n"])) for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return numbers


def numbered(count: int, event: AuditEvent, begin: int = 0) -> Sequence[AuditEvent]:
    """One a second."""
    return [
        replace(event, at=NOW + n * SECOND, detail={"n": n}) for n in range(begin, begin + count)
    ]


async def test_rows_come_newest_first_and_each_once_however_they_are_cut_into_pages(
    database: Database,
) -> None:
    await write(database, *numbered(7, AuditEvent("call.ended", NOW)))
    late = AuditEvent("call.ended", NOW + 2 * SECOND, detail={"n": 100})
    await write(database, late, replace(late, detail={"n": 101}))
    expected = [6, 5, 4, 3, 101, 100, 2, 1, 0]  # by when it happened; at one instant by number
    for limit in (1, 2, 3, 50):
        assert await found(database, Filter(), limit) == expected


async def test_each_filter_leaves_what_it_says_alone_and_together(database: Database) -> None:
    session_id, other = await called(database, "room"), await called(database, "other", "another")
    played = AuditEvent(
        "recording.played",
        NOW,
        actor_id="compliance",
        session_id=session_id,
        recording_id="r1",
        subject=Subject("recording", "r1"),
        address="192.0.2.1",
    )
    viewed = replace(played, action="recording.viewed", actor_id="colleague", address="192.0.2.2")
    signed_in = AuditEvent(
        "user.signed_in", NOW, actor_id="patient", subject=Subject("user", "patient")
    )
    ended = AuditEvent("call.ended", NOW, session_id=other, subject=Subject("session", other))
    for place, event in enumerate((played, viewed, signed_in, ended)):
        await write(database, *numbered(3, event, begin=3 * place))
    everything = list(reversed(range(12)))
    begin, end = NOW + 2 * SECOND, NOW + 5 * SECOND
    of_kind = frozenset[AuditAction]({"recording.played", "recording.viewed"})
    cases: list[tuple[Filter, list[int]]] = [
        (Filter(), everything),
        (Filter(begin=begin, end=end), [4, 3, 2]),
        (Filter(actions=of_kind), [5, 4, 3, 2, 1, 0]),
        (Filter(actions=frozenset()), []),
        (Filter(actor_id="compliance"), [2, 1, 0]),
        (Filter(actor_id="compliance", actions=frozenset({"recording.viewed"})), []),
        (Filter(actor_id="nobody"), []),
        (Filter(address="192.0.2.2"), [5, 4, 3]),
        (Filter(address="192.0.2.2", actor_id="compliance"), []),
        (Filter(recording_id="r1"), [5, 4, 3, 2, 1, 0]),
        (Filter(recording_id="r1", actor_id="colleague", begin=begin, end=end), [4, 3]),
        (Filter(room_id="other"), [11, 10, 9]),
        (Filter(room_id="none"), []),
        (Filter(room_id="room", actions=frozenset({"recording.viewed"})), [5, 4, 3]),
        (Filter(person_id="patient"), [8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (Filter(person_id="another"), [11, 10, 9]),
        (Filter(person_id="provider"), [11, 10, 9, 5, 4, 3, 2, 1, 0]),
        (Filter(person_id="patient", recording_id="r1", address="192.0.2.1"), [2, 1, 0]),
        (Filter(person_id="another", recording_id="r1"), []),
    ]
    for wanted, expected in cases:
        assert await found(database, wanted, limit=2) == expected, wanted


async def test_somebody_with_many_calls_is_found_as_somebody_with_few(database: Database) -> None:
    session_id = await called(database, "room")
    await write(
        database,
        AuditEvent("call.ended", NOW, session_id=session_id, detail={"n": 0}),
        AuditEvent("user.added", NOW, subject=Subject("user", "provider"), detail={"n": 1}),
        AuditEvent("user.added", NOW, subject=Subject("user", "patient"), detail={"n": 2}),
    )
    assert await found(database, Filter(person_id="provider")) == [1, 0]
    for number in range(FEW_CALLS):
        await called(database, f"room {number}")
    assert await found(database, Filter(person_id="provider")) == [1, 0]


async def test_a_row_comes_with_its_place_in_the_tree_and_the_names_of_what_it_is_about(
    database: Database, tmp_path: Any
) -> None:
    session_id = await called(database, "room")
    await write(database, AuditEvent("call.ended", NOW, session_id=session_id))
    await sequence(database, tmp_path / "checkpoints")
    await write(
        database,
        AuditEvent("user.role_changed", NOW, subject=Subject("user", "patient")),
        AuditEvent("user.role_changed", NOW, subject=Subject("user", "gone"), session_id="gone"),
    )
    async with database.reading() as tx:
        gone, role, ended = (await listing.newest(tx, Filter())).items
    assert ended.call
    assert (ended.call.room_id, ended.call.patient_name) == ("room", "Name of patient")
    assert ended.call.provider_name == "Name of provider"
    assert (ended.index, ended.person_name) == (0, None)
    assert (role.index, role.person_name, role.call) == (None, "Name of patient", None)
    assert (gone.person_name, gone.call) == (None, None)


@pytest.mark.parametrize("row_id", ["0", "-1", "x", "9" * 30, "1.5"])
async def test_a_cursor_that_names_no_row_is_refused(database: Database, row_id: str) -> None:
    async with database.reading() as tx:
        with pytest.raises(InvalidCursor):
            await listing.newest(tx, Filter(), encode_cursor(Position(NOW, row_id)))


async def test_a_time_that_is_none_is_told_and_not_shown(database: Database) -> None:
    async with database.reading() as tx:
        if tx.get_bind().dialect.name != "sqlite":
            return  # which alone would store one
        [file] = (await tx.execute(sa.text("PRAGMA database_list"))).scalars("file")
    await write(database, AuditEvent("call.ended", NOW))
    await tamper(f"sqlite+aiosqlite:///{file}", "UPDATE audit SET at = 'never'")
    async with database.reading() as tx:
        with pytest.raises(InvalidLog, match="cannot be read"):
            await listing.newest(tx, Filter())
