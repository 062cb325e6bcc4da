"""Whoever withdraws their consent decides about what was recorded before, as far as the practice
lets them: it is kept or erased, on record and for good.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from signaling.calls import consenting, leaving
from signaling.kernel.words import Earlier, OnWithdrawal
from signaling.recordings.keys import settle_keys
from signaling.recordings.messages import RecordingStateChanged
from signaling.recordings.resources import Recording
from storage.errors import DatabaseUnavailable
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.sealed import PrivateKey
from storage.vault.keys.sealing import SealingKeys
from tests.patience import PATIENCE, until
from tests.signaling.calls.meeting import Meeting
from tests.signaling.manual_clock import START
from tests.signaling.practice import Page, Practice, all_written, key_folder, open_practice
from tests.signaling.recordings.capturing import connected, files
from tests.signaling.recordings.recorded import actions
from tests.signaling.recordings.saying import Voice, all_say, contents, recorded_again
from tests.support.postgresql import PostgreSQL

WITHDRAWALS = 10


def now(page: Page) -> RecordingStateChanged:
    return page.last(RecordingStateChanged)


class Session:
    """A recorded call in which both have said something openly."""

    def __init__(self, practice: Practice, room_id: str, pages: tuple[Page, Page]) -> None:
        self.practice = practice
        self.room_id = room_id
        self.provider, self.patient = pages
        self.voices: list[Voice] = []

    async def decide(self, page: Page, *, given: bool) -> None:
        await consenting.decide(self.practice.calls, page, self.room_id, given=given)

    async def withdraw(self, page: Page | None = None) -> None:
        await self.decide(page or self.patient, given=False)

    async def agree_again(self, words: bytes = b"again!") -> None:
        """And talk."""
        await self.decide(self.patient, given=True)
        await recorded_again(self.practice, self.provider)
        await all_say(self.voices, words)

    async def told(self, word: Earlier) -> None:
        """Both sides are, that it is stopped and what became of it."""
        pages = self.provider, self.patient
        await until(lambda: all(now(page).earlier == word for page in pages))
        for page in pages:
            last = now(page)
            assert (last.state, last.reason) == ("stopped", "refused")

    async def over(self) -> Sequence[Recording]:
        """All recordings of it, oldest first."""
        await leaving.hang_up(self.practice.calls, self.practice.patient, self.room_id)
        await all_written(self.practice.calls)
        await self.practice.recordings.background.drain(PATIENCE)
        await all_written(self.practice.calls)
        return await self.listed()

    async def listed(self) -> Sequence[Recording]:
        found = await self.practice.playbacks.list(self.practice.compliance)
        return found.recordings[::-1]

    async def words(self, recording: Recording) -> bytes:
        of = self.practice.compliance, recording.recording_id
        return b"".join(
            (await contents(self.practice, await self.practice.playbacks.detail(*of))).values()
        )


@asynccontextmanager
async def session(practice: Practice) -> AsyncIterator[Session]:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    for client in clients:
        practice.stay(client)
    await until(lambda: pages[0].recording_states()[-1:] == ["recording"])
    running = Session(practice, room_id, pages)
    running.voices = [Voice(client) for client in clients]
    await all_say(running.voices, b"openly")
    yield running


def erasing(
    tmp_path: Path, database_url: str = "", policy: OnWithdrawal = "erase"
) -> AbstractAsyncContextManager[Practice]:
    return open_practice(tmp_path, database_url=database_url, on_withdrawal=policy)


async def test_what_was_recorded_is_erased_and_another_recording_begins(
    tmp_path: Path, database_url: str
) -> None:
    async with erasing(tmp_path, database_url) as practice, session(practice) as call:
        await call.withdraw()
        await call.told("erased")
        await until(lambda: not files(practice))
        await call.agree_again()
        erased, kept = await call.over()
        assert (erased.state, erased.size_bytes, kept.state) == ("erased", 0, "complete")
        assert erased.duration_ms > 300, "that something was, and how long, stays on record"
        words = await call.words(kept)
        assert b"again!" in words
        assert b"openly" not in words
        of = practice.compliance, erased.recording_id
        detail = await practice.playbacks.detail(*of)
        assert detail.erasure
        assert (detail.erasure.basis, detail.erasure.erased_by_name) == (
            "withdrawal",
            "Name of patient",
        )
        assert detail.erasure.files_deleted_at
        assert {part.state for part in detail.parts} == {"sealed"}
        told = await actions(practice, erased)
        assert ("recording.erased", "patient") in told
        assert practice.recordings.damaged == set()
        assert practice.recordings.archive.closing == set()


async def test_what_is_kept_goes_on_as_it_was_and_that_is_written_down(tmp_path: Path) -> None:
    async with erasing(tmp_path, policy="keep") as practice, session(practice) as call:
        await call.withdraw()
        await call.told("kept")
        await call.agree_again()
        [recording] = await call.over()
        words = await call.words(recording)
        assert b"openly" in words
        assert b"again!" in words
        assert ("recording.kept", "patient") in await actions(practice, recording)


async def test_what_is_on_hold_is_kept_and_everybody_is_told(
    tmp_path: Path, database_url: str
) -> None:
    async with erasing(tmp_path, database_url) as practice, session(practice) as call:
        [recording] = await call.listed()
        await practice.holds.place(practice.compliance, recording.recording_id, "A complaint")
        await call.withdraw()
        await call.told("held")
        await call.agree_again()
        held, after = await call.over()
        assert (held.state, after.state) == ("complete", "complete")
        assert b"openly" in await call.words(held)
        assert b"openly" not in await call.words(after)
        assert ("recording.kept", "patient") in await actions(practice, held)


async def test_off_the_record_is_no_withdrawal(tmp_path: Path) -> None:
    async with erasing(tmp_path) as practice, session(practice) as call:
        for off in (True, False):
            await consenting.ask_off_the_record(practice.calls, call.patient, call.room_id, off=off)
        await recorded_again(practice, call.provider)
        [recording] = await call.over()
        assert b"openly" in await call.words(recording)


async def test_a_guest_erases_what_they_had_agreed_to_and_not_what_they_never_did(
    tmp_path: Path,
) -> None:
    async with erasing(tmp_path) as practice, session(practice) as call:
        meeting = Meeting(practice, call.room_id, call.provider, call.patient)
        guest = await meeting.comes_in("ines", consent=False)
        assert call.provider.last(RecordingStateChanged).earlier is None
        await call.decide(guest, given=True)
        await recorded_again(practice, call.provider)
        await call.withdraw(guest)
        await call.told("erased")
        [erased] = await call.over()
        detail = await practice.playbacks.detail(practice.compliance, erased.recording_id)
        assert detail.erasure
        assert (detail.erasure.basis, detail.erasure.erased_by_name) == (
            "withdrawal",
            "Name of ines",
        )


async def test_before_anything_was_recorded_there_is_nothing_to_erase(tmp_path: Path) -> None:
    async with erasing(tmp_path) as practice:
        room_id, _, patient = await practice.running(recording=True, consent=True)
        await consenting.decide(practice.calls, patient, room_id, given=False)
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        assert patient.last(RecordingStateChanged).earlier is None
        assert (await practice.playbacks.list(practice.compliance)).recordings == []


async def test_whoever_changes_their_mind_all_the_time_makes_few_recordings(
    tmp_path: Path,
) -> None:
    async with erasing(tmp_path) as practice, session(practice) as call:
        for _ in range(WITHDRAWALS):
            await call.withdraw()
            await call.decide(call.patient, given=True)
        await recorded_again(practice, call.provider)
        await all_say(call.voices, b"again!")
        found = await call.over()
        assert len(found) <= 3
        assert [one.state for one in found] == ["erased"] * (len(found) - 1) + ["complete"]
        assert practice.recordings.archive.closing == set()


async def test_each_of_several_withdrawals_erases_what_was_recorded_since_the_last(
    tmp_path: Path,
) -> None:
    async with erasing(tmp_path) as practice, session(practice) as call:
        for number in range(WITHDRAWALS):
            await call.withdraw()
            await call.told("erased")
            await call.agree_again(b"%06d" % number)
        found = await call.over()
        assert [one.state for one in found] == ["erased"] * WITHDRAWALS + ["complete"]
        assert await call.words(found[-1])
        left = {path.parent.name for path in files(practice)}
        assert left == {found[-1].recording_id}


async def test_it_is_erased_once_the_database_is_back(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = await postgresql.new_database()
    async with erasing(tmp_path, url) as practice, session(practice) as call:
        postgresql.stop()
        try:
            await call.withdraw()
            await call.told("erasing")
            with pytest.raises(DatabaseUnavailable):
                await call.decide(call.patient, given=True)
        finally:
            postgresql.start()
        async with asyncio.timeout(PATIENCE):
            while call.provider.last(RecordingStateChanged).earlier != "erased":
                await practice.clock.advance(5)
                await asyncio.sleep(0.05)
        await call.told("erased")
        [erased] = await call.over()
        assert erased.state == "erased"
        await until(lambda: not files(practice))


async def test_what_is_sealed_to_a_key_elsewhere_is_erased_as_well(tmp_path: Path) -> None:
    keys = KeyChain(SealingKeys(PrivateKey(bytes(range(32))).public), key_folder(tmp_path))
    async with open_practice(tmp_path, keys=keys, on_withdrawal="erase") as practice:
        await settle_keys(practice.database, keys, START)
        async with session(practice) as call:
            await call.withdraw()
            await call.told("erased")
            await call.agree_again()
            found = await call.over()
            assert [(one.state, one.sealed) for one in found] == [
                ("erased", True),
                ("complete", True),
            ]
            assert {path.parent.name for path in files(practice)} == {found[1].recording_id}


async def test_a_joining_page_knows_what_a_withdrawal_does_and_has_done(tmp_path: Path) -> None:
    async with erasing(tmp_path) as practice, session(practice) as call:
        joined = await practice.rejoin(Page(practice.patient), call.room_id)
        assert (joined.on_withdrawal, joined.recording.earlier) == ("erase", None)
        call.patient = practice.page(practice.patient)
        await practice.join(call.patient, call.room_id)
        await call.withdraw()
        await until(lambda: call.provider.last(RecordingStateChanged).earlier == "erased")
        joined = await practice.rejoin(Page(practice.patient), call.room_id)
        assert joined.recording.earlier == "erased"
