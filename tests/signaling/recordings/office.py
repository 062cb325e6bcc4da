"""Compliance asks for exports, and a server makes them, by real processes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from signaling.kernel.denials import Denials
from signaling.kernel.words import ExportContents, UnlockPolicy
from signaling.recordings.access import Access
from signaling.recordings.archive import OpenRecording
from signaling.recordings.exporting.jobs import ExportJobs, ExportSettings
from signaling.recordings.exporting.resources import AskForExport, RecordingExport
from signaling.recordings.exporting.service import Exports
from signaling.recordings.unlocking import Gate
from storage.audit import key as audit_key
from storage.audit.sequencer import Sequencer
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.bundled import PAGE, real_part, record_real
from tests.signaling.recordings.recorded import WHY

HOURS = 24


@dataclass
class Office:
    """Compliance, and the server that makes what it asks for."""

    practice: Practice
    recording: OpenRecording
    jobs: ExportJobs
    exports: Exports
    when_signing: list[Callable[[], Awaitable[object]]]

    async def ask(self, contents: ExportContents = "parts") -> RecordingExport:
        await self.practice.clock.advance(1)
        playback = await self.practice.playbacks.open(
            self.practice.compliance, self.recording.id, WHY
        )
        asked = AskForExport(playback_id=playback.playback_id, contents=contents)
        return await self.exports.ask(self.practice.compliance, self.recording.id, asked)

    async def now(self) -> RecordingExport:
        """The newest of them."""
        return (await self.exports.list(self.practice.compliance)).exports[0]

    async def content(self) -> bytes:
        """Downloaded by ranges of an odd size."""
        found = await self.exports.download(self.practice.compliance, (await self.now()).export_id)
        pieces = []
        for start in range(0, found.size, 300_001):
            pieces.append(await found.read(start, 300_001))
            await found.accessed(start, len(pieces[-1]))
        found.close()
        return b"".join(pieces)

    @property
    def files(self) -> list[Path]:
        return list((self.practice.recordings.archive.folder / "exports").glob("*"))

    async def actions(self) -> list[str]:
        detail = await self.practice.playbacks.detail(self.practice.compliance, self.recording.id)
        return [each.action for each in detail.access_log]


@asynccontextmanager
async def open_office(
    folder: Path, database_url: str, unlock: UnlockPolicy = "single"
) -> AsyncIterator[Office]:
    pages = folder / "pages"
    (pages / "bundle").mkdir(parents=True)
    (pages / "bundle" / "index.html").write_bytes(PAGE)
    log_key = folder / "keys" / "audit.key"
    signer = audit_key.create(log_key)
    async with open_practice(folder, database_url=database_url, unlock=unlock) as practice:
        archive, database = practice.recordings.archive, practice.database
        await practice.recordings.recover()
        sequencer = Sequencer(database, signer, folder / "checkpoints")
        await sequencer.settle_key()
        when_signing: list[Callable[[], Awaitable[object]]] = []

        async def sign() -> None:
            for act in [*when_signing]:
                await act()
            while (step := await sequencer.step(practice.clock.now(), sign=True)) and step.added:
                pass

        settings = ExportSettings("Practice", pages, log_key, (), timedelta(hours=HOURS))
        jobs = ExportJobs(archive, settings, sign, practice.clock)
        gate = Gate(unlock, practice.clock)
        access = Access(Denials(practice.repeats, practice.clock))
        exports = Exports(archive, jobs, access, gate, practice.clock)
        recording = await record_real(practice, real_part(1))
        yield Office(practice, recording, jobs, exports, when_signing)
