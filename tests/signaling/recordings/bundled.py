"""Bundles of recordings that tests have made, as the server makes them."""

from pathlib import Path

from relay.composition import Layout
from signaling.kernel.words import ExportContents
from signaling.recordings.archive import OpenRecording
from signaling.recordings.exporting.documents import Made
from signaling.recordings.exporting.gathering import Log, Wanted, about, look_up
from signaling.recordings.exporting.making import Making
from signaling.recordings.keys import logged_digest
from storage import bundle
from storage.audit.note import Signer
from storage.audit.sequencer import Sequencer
from storage.bundle import BundleFiles, manifest
from storage.recordings import authenticity, exports
from storage.vault.keys import DataKey
from tests.relay.recording.studio import Studio, Written
from tests.relay.rtpsource import camera, microphone
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice
from tests.signaling.recordings.recorded import begin_part

SIGNER = Signer("carelay/audit/0123456789abcdef", bytes(range(32)))
LOG = Log(SIGNER.verifier)
PAGE = b"<!doctype html><title>A page</title>\n"


async def making(
    practice: Practice,
    recording_id: str,
    contents: ExportContents,
    data_key: DataKey | None = None,
    layout: Layout = "grid",
) -> Making:
    """Everything that is known before the media are read; the log is signed as it is."""
    database = practice.database
    sequencer = Sequencer(database, SIGNER, practice.recordings.archive.folder / "checkpoints")
    await sequencer.settle_key()
    while (step := await sequencer.step(START, sign=True)) and step.added:
        pass
    async with database.reading() as tx:
        found = await look_up(tx, recording_id, LOG)
        logged = await logged_digest(tx, recording_id)
    assert found
    parts = [named.part for named in found.parts]
    verdict = authenticity.all_are("unknown", parts)
    if data_key is not None:
        verdict = authenticity.judge(found.found.recording, parts, data_key)
    digest = logged or (data_key.digest(recording_id) if data_key is not None else None)
    made = Made(
        at=START,
        by_name="Casey Morgan",
        purpose="HLEGAL",
        reason="A complaint",
        practice="Practice",
        version="0.1.0",
    )
    return Making(
        contents=contents,
        layout=layout,
        rows=exports.describe(found.found.recording, found.parts, digest, START),
        parts=parts,
        about=about(found, verdict, Wanted(contents, layout, made), LOG),
        page=PAGE,
        keeping=practice.recordings.archive.keeping,
        data_key=data_key,
        scratch=practice.recordings.archive.folder,
        sign=lambda described: manifest.sign(described, SIGNER),
    )


def written(making: Making, path: Path) -> BundleFiles:
    """The bundle, opened."""
    path.write_bytes(b"".join(making.bundle()))
    return bundle.opened(path)


def real_part(seconds: int) -> Written:
    """Pictures and sound."""
    studio = Studio()
    studio.run(camera(seconds), microphone(seconds))
    [made] = studio.finish()
    return made


async def record_real(practice: Practice, part: Written) -> OpenRecording:
    """A recording with such a part of both, as a call leaves it."""
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    opened = await archive.create(session_id, room_id)
    assert part.part
    summary = part.part.summary()
    for person in ("patient", "provider"):
        identity = await begin_part(archive, opened, person, bytes(part.data))
        size = len(part.data)
        await archive.settle_part(identity.part_id, opened.data_key, "sealed", size, summary)
    await archive.finish(opened.id, opened.data_key, "complete", "recording.completed", {})
    return opened
