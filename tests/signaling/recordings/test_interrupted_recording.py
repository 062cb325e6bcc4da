"""A recording that cannot be written goes on by itself; consent
that changes all the time makes few files.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from signaling.calls import answering, consenting, inviting, leaving
from signaling.kernel.errors import DomainError
from signaling.recordings import rule
from signaling.recordings.messages import RecordingStateChanged
from storage.vault import partfile, place, space
from tests.patience import PATIENCE, until
from tests.signaling.practice import Page, Practice, all_written, open_practice
from tests.signaling.recordings.capturing import (
    connected,
    disk_full,
    files,
    play,
    the_recording,
    written,
)
from tests.talking import talking


async def passing(practice: Practice, condition: Callable[[], object]) -> None:
    """Until it is so; the server's clock goes on meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await practice.clock.advance(1)
            await asyncio.sleep(0.02)


def recorded(page: Page) -> bool:
    return page.recording_states()[-1] == "recording"


async def test_a_disk_that_was_full_for_a_moment_costs_a_gap(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: recorded(pages[0]))
    async with talking(*clients):
        await written(practice)
        with monkeypatch.context() as patched:
            # A full disk of one's own needs root to mount.
            patched.setattr(partfile, "write_all", disk_full)
            patched.setattr(place, "write_all", disk_full)
            await until(lambda: pages[0].recording_states()[-1] == "failed")
            await practice.clock.advance(120)
            await asyncio.sleep(0.1)
            assert not recorded(pages[0]), "a failure lasts as long as its cause"
        await passing(practice, lambda: recorded(pages[0]))
        await written(practice, 4)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    await all_written(practice.calls)
    detail = await the_recording(practice)
    assert detail.recording.state == "recovered"
    assert detail.gaps is not None
    [gap] = detail.gaps
    assert gap.reason == "failed"
    last = max(detail.parts, key=lambda part: part.offset_ms)
    assert gap.offset_ms < gap.offset_ms + gap.duration_ms <= last.offset_ms
    assert len(detail.parts) == 4
    assert all(pictures > 10 for pictures, _ in (await play(practice, detail)).values())
    actions = [
        action for action in await practice.actions(room_id) if action.startswith("recording.")
    ]
    assert actions == [
        "recording.started",
        "recording.failed",
        "recording.started",
        "recording.stopped",
        "recording.recovered",
        "recording.viewed",
        "recording.played",
    ]


async def test_a_database_that_is_locked_while_a_page_reconnects_costs_nothing(
    practice: Practice, tmp_path: Path
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: recorded(pages[0]))
    async with talking(clients[0]):
        async with talking(clients[1]):
            await written(practice)
        await clients[1].close()
        await until(lambda: pages[0].recording_states()[-1] == "paused")
        async with practice.database.transaction() as tx:
            await tx.execute(text("UPDATE users SET demo = demo"))
            again = await practice.connect(pages[1], room_id)
            async with talking(again) as conversation:
                await until(lambda: recorded(pages[0]))
                await conversation.lasts(6)  # longer than a transaction waits for its turn
                assert recorded(pages[0])
                assert len(files(practice)) == 2
                await tx.rollback()
                await tx.close()
        async with talking(again):
            await passing(practice, lambda: len(files(practice)) >= 4)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    await all_written(practice.calls)
    detail = await the_recording(practice)
    assert detail.recording.state == "complete"
    assert detail.gaps is not None
    assert [gap.reason for gap in detail.gaps] == ["paused"]
    later = [part for part in detail.parts if part.offset_ms > detail.gaps[0].offset_ms]
    assert all(part.duration_ms > 5000 for part in later), (
        "what was sent while it was locked is there"
    )


async def test_recordings_leave_room_for_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [2 * 2**30]
    # Filling one's own disk needs root to mount it.
    monkeypatch.setattr(space, "free_bytes", lambda _: free[0])
    async with open_practice(tmp_path, reserve_bytes=2**30) as practice:
        room_id, pages, clients = await connected(practice, recording=True, consent=True)
        await until(lambda: recorded(pages[0]))
        async with talking(*clients):
            await written(practice)
            free[0] = 2**30 - 1
            await passing(practice, lambda: pages[0].recording_states()[-1] == "failed")
            assert pages[0].last(RecordingStateChanged).reason == "no_space"
            with pytest.raises(DomainError, match="are free on the disk"):
                await inviting.initiate(
                    practice.calls, practice.other_provider, "other_patient", recording_enabled=True
                )
            await answering.decline(
                practice.calls,
                practice.other_patient,
                await inviting.initiate(practice.calls, practice.other_provider, "other_patient"),
            )
            free[0] = 2 * 2**30
            await passing(practice, lambda: recorded(pages[0]))
        await leaving.hang_up(practice.calls, practice.patient, room_id)


async def test_consent_that_changes_all_the_time_makes_few_files(practice: Practice) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: recorded(pages[0]))
    async with talking(*clients):
        await written(practice)
        for _ in range(184):
            await consenting.decide(practice.calls, pages[1], room_id, given=False)
            assert not recorded(pages[0]), "a no is never waited for"
            await consenting.decide(practice.calls, pages[1], room_id, given=True)
            await practice.clock.advance(0.05)
        assert len(files(practice)) <= 4  # two parts, and perhaps their unfinished ends
        await passing(practice, lambda: recorded(pages[0]))
        await written(practice, 4)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    await all_written(practice.calls)
    detail = await the_recording(practice)
    assert len(detail.parts) == 4
    assert len(detail.consents) == 2 + 368, "each answer is one more row"


async def test_consent_that_changes_slowly_settles_more_and_more_slowly(practice: Practice) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    for client in clients:
        practice.stay(client)
    await until(lambda: recorded(pages[0]))
    for _ in range(100):
        await consenting.decide(practice.calls, pages[1], room_id, given=False)
        await consenting.decide(practice.calls, pages[1], room_id, given=True)
        await practice.clock.advance(1.5)
        await asyncio.sleep(0)
    await all_written(practice.calls)
    started = (await practice.actions(room_id)).count("recording.started")
    assert started <= 20, "of 100 times"
    told = [said for said in pages[0].all(RecordingStateChanged) if said.reason == "settling"]
    assert told[-1].parameters == {"seconds": 30}


@pytest.mark.parametrize(
    ("stops", "seconds"), [(0, 0), (3, 0), (4, 2), (5, 4), (8, 30), (10_000, 30)]
)
def test_how_long_it_settles(stops: int, seconds: float) -> None:
    assert rule.settle_seconds(stops) == seconds


@pytest.mark.parametrize(("retries", "seconds"), [(0, 1), (1, 2), (4, 16), (5, 30), (10_000, 30)])
def test_how_soon_it_is_tried_again(retries: int, seconds: float) -> None:
    assert rule.retry_seconds(retries) == seconds
