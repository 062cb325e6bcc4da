"""What two people have exported: fetched by who asked, after the approval as well, unless that was
taken back.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.kernel.actor import Actor
from signaling.kernel.errors import NotAllowed
from signaling.recordings.exporting.resources import RecordingExport
from storage.people import users
from storage.people.playback_grants import Why
from tests.signaling.manual_clock import START
from tests.signaling.recordings.office import HOURS, Office, open_office
from tests.support.platform import ISSUER

COLLEAGUE = Actor("colleague", "Name of colleague", "compliance")
HOUR = 3600.0


@pytest.fixture
async def office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    async with open_office(tmp_path, database_url, "two_person") as office:
        async with office.practice.database.transaction() as tx:
            await users.ensure(
                tx, ISSUER, COLLEAGUE.user_id, role="compliance", name=COLLEAGUE.name, now=START
            )
        yield office


async def exported(office: Office) -> tuple[str, RecordingExport]:
    """The approval that it rests on, and what was made."""
    unlocks, me = office.practice.unlocks, office.practice.compliance
    asked = await unlocks.ask(me, office.recording.id, Why("HLEGAL"))
    await unlocks.approve(COLLEAGUE, asked.unlock_id)
    await office.ask()
    assert await office.jobs.round()
    return asked.unlock_id, await office.now()


async def test_it_is_fetched_as_long_as_it_is_kept_and_until_the_approval_is_taken_back(
    office: Office,
) -> None:
    practice = office.practice
    unlock_id, made = await exported(office)
    assert len(await office.content()) == made.size_bytes
    await practice.clock.leap(2 * HOUR)
    with pytest.raises(NotAllowed, match="approval_needed"):
        await office.ask()
    running = await office.exports.download(practice.compliance, made.export_id)
    assert await running.read(0, 10)
    for actor in (practice.compliance, COLLEAGUE, practice.admin):
        [listed] = (await practice.unlocks.list(actor)).unlocks
        assert (listed.unlock_id, listed.state) == (unlock_id, "exported")
    assert (await practice.unlocks.end(COLLEAGUE, unlock_id)).state == "revoked"
    await practice.clock.advance(2)
    with pytest.raises(NotAllowed, match="approval_ended"):
        await running.read(10, 10)
    running.close()
    with pytest.raises(NotAllowed, match="approval_ended"):
        await office.content()
    over = await office.now()
    assert (over.state, over.failure) == ("expired", "approval_ended")
    await office.jobs.sweep()
    assert office.files == []


async def test_it_ends_with_the_right_of_who_approved_and_with_its_time(office: Office) -> None:
    practice, database = office.practice, office.practice.database
    await exported(office)
    await practice.clock.leap(2 * HOUR)
    async with database.transaction() as tx:
        row = await users.by_id(tx, COLLEAGUE.user_id)
        assert row
        row.disabled = True
    with pytest.raises(NotAllowed, match="approval_ended"):
        await office.content()
    async with database.transaction() as tx:
        row = await users.by_id(tx, COLLEAGUE.user_id)
        assert row
        row.disabled = False
    assert await office.content()
    await practice.clock.leap(HOURS * HOUR)
    await office.jobs.sweep()
    assert (await office.now()).state == "expired"
    assert (await practice.unlocks.list(COLLEAGUE)).unlocks == [], "nothing to take back any more"
