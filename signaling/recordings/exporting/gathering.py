"""What the database knows of a recording, for a bundle."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from relay.composition import Layout
from signaling.kernel.words import ExportContents
from signaling.recordings.exporting.documents import (
    FILM,
    About,
    BundledFilm,
    BundledPart,
    BundledRecording,
    Completeness,
    Made,
    PartCompleteness,
)
from signaling.recordings.playback import views
from signaling.recordings.resources import Losses, RecordingGap
from storage.audit import proving
from storage.audit.cosignature import Cosigner
from storage.audit.note import Verifier
from storage.audit.proving import Excerpt
from storage.audit.succession import Succession, successions
from storage.calls import connections, consents
from storage.calls.connections import Connection
from storage.calls.consents import NamedConsent
from storage.database import shapes
from storage.recordings import exports, recordings, summaries
from storage.recordings.authenticity import Verdict
from storage.recordings.recordings import NamedPart
from storage.recordings.summaries import RecordingSummary


@dataclass(frozen=True)
class Wanted:
    """What a bundle is to have of a recording, and who asked for it."""

    contents: ExportContents
    layout: Layout
    """Of a film."""
    made: Made


@dataclass(frozen=True)
class Log:
    """By what the audit log is known: its first public key, and its witnesses."""

    verifier: Verifier
    cosigners: Sequence[Cosigner] = ()


@dataclass(frozen=True)
class OnRecord:
    """What there is of it in the database."""

    found: RecordingSummary
    parts: Sequence[NamedPart]
    consents: Sequence[NamedConsent]
    connections: Sequence[Connection]
    excerpt: Excerpt
    successions: Sequence[Succession]


async def look_up(tx: AsyncSession, recording_id: str, log: Log) -> OnRecord | None:
    """None if there is no such recording. Raises InvalidNote, InvalidLog."""
    found = await summaries.by_id(tx, recording_id)
    if found is None:
        return None
    return OnRecord(
        found,
        await recordings.parts(tx, recording_id),
        await consents.for_session(tx, found.recording.session_id),
        await connections.of_session(tx, found.recording.session_id),
        await proving.of_recording(tx, found.recording, log.verifier, log.cosigners),
        await successions(tx, log.verifier),
    )


def about(on_record: OnRecord, verdict: Verdict, wanted: Wanted, log: Log) -> About:
    """As the bundle tells it. Pure."""
    completeness = _completeness(on_record, verdict)
    return About(
        recording=_recording(on_record, wanted),
        completeness=completeness,
        timeline=views.timeline(
            on_record.found, completeness.gaps, on_record.consents, on_record.connections
        ),
        consents=[views.consent(named) for named in on_record.consents],
        log_key=str(log.verifier),
        statements=[each.statement for each in on_record.successions],
        proofs={str(row): proof.data for row, proof in on_record.excerpt.proofs},
    )


def _recording(on_record: OnRecord, wanted: Wanted) -> BundledRecording:
    found = on_record.found
    film = BundledFilm(file=FILM, layout=wanted.layout) if wanted.contents == "film" else None
    return BundledRecording(
        recording_id=found.recording.id,
        room_id=found.room_id,
        started_at=found.recording.started_at,
        duration_ms=found.recording.duration_ms,
        patient_name=found.patient_name,
        provider_name=found.provider_name,
        guest_names=found.guest_names,
        contents=wanted.contents,
        made=wanted.made,
        film=film,
        parts=[_part(found, named, wanted.contents) for named in on_record.parts],
    )


def _part(found: RecordingSummary, named: NamedPart, contents: ExportContents) -> BundledPart:
    files = {
        "film": None,
        "parts": f"media/{views.file_name(found.recording, named)}",
        "encrypted": exports.part_path(named.part.id),
    }
    part = named.part
    return BundledPart(
        part_id=part.id,
        participant_id=part.participant_id,
        participant_name=named.participant_name,
        participant_role=named.participant_side,
        source=part.source,
        media_type=part.media_type,
        offset_ms=part.offset_ms,
        duration_ms=part.duration_ms,
        file=files[contents],
    )


def _completeness(on_record: OnRecord, verdict: Verdict) -> Completeness:
    recording = on_record.found.recording
    parts = [named.part for named in on_record.parts]
    return Completeness(
        state=recording.state,
        authenticity=verdict.recording,
        gaps=shapes.read(recording, "gaps", list[RecordingGap]),
        parts=[
            PartCompleteness(
                part_id=part.id,
                state=part.state,
                authenticity=verdict.parts[part.id],
                left_out=None,
                losses=shapes.read(part, "losses", Losses),
            )
            for part in parts
        ],
        audit_rows_not_signed=on_record.excerpt.not_signed,
    )
