"""Rows of recordings turned into resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from signaling.audit.views import entry
from signaling.recordings.policy import Policy
from signaling.recordings.resources import (
    ConsentRecord,
    Erasure,
    LegalHold,
    Losses,
    Recording,
    RecordingDetail,
    RecordingGap,
    RecordingPart,
)
from storage import audit, models, shapes
from storage.authenticity import Verdict
from storage.consents import NamedConsent
from storage.legal_holds import NamedHold
from storage.recordings import NamedPart, RecordingSummary
from storage.vault.keys.sealed import is_sealed
from storage.words import Authenticity

RECORDINGS = "/api/v1/telemedicine/recordings"
EXTENSIONS = {
    "video/webm": "webm",
    "audio/webm": "weba",
    "video/x-matroska": "mkv",
    "video/mp4": "mp4",
}


def recording(found: RecordingSummary, policy: Policy) -> Recording:
    """A row of `GET recordings`."""
    kept = found.recording.state != "erased"
    at = policy.expires_at(found.recording.started_at, audio_only=found.audio_only)
    return Recording(
        recording_id=found.recording.id,
        room_id=found.room_id,
        patient_name=found.patient_name,
        provider_name=found.provider_name,
        guest_names=list(found.guest_names),
        started_at=found.recording.started_at,
        duration_ms=found.duration_ms,
        size_bytes=0 if found.recording.state == "erased" else found.size_bytes,
        state=found.recording.state,
        on_hold=found.on_hold,
        expires_at=at if kept else None,
        sealed=is_sealed(found.recording.key_id),
    )


@dataclass(frozen=True)
class OnRecord:
    """What is on record of a recording beside what it consists of."""

    consents: Sequence[NamedConsent]
    holds: Sequence[NamedHold]
    erased: tuple[models.Erasure, datetime | None] | None
    entries: Sequence[audit.AuditEntry]


def detail(
    found: RecordingSummary,
    policy: Policy,
    parts: Sequence[NamedPart],
    verdict: Verdict,
    on_record: OnRecord,
) -> RecordingDetail:
    """`GET recordings/{recording_id}`."""
    return RecordingDetail(
        recording=recording(found, policy),
        authenticity=verdict.recording,
        parts=[_part(named, verdict.parts[named.part.id]) for named in parts],
        gaps=shapes.read(found.recording, "gaps", list[RecordingGap]),
        consents=[_consent(named) for named in on_record.consents],
        holds=[hold(named) for named in on_record.holds],
        erasure=erasure(*on_record.erased) if on_record.erased else None,
        access_log=[entry(stored) for stored in on_record.entries],
    )


def hold(named: NamedHold) -> LegalHold:
    """With its end, if it has one."""
    placed, release = named.hold, named.release
    return LegalHold(
        hold_id=placed.id,
        placed_at=placed.placed_at,
        placed_by_name=named.placed_by_name,
        reason=placed.reason,
        released_at=release.released_at if release else None,
        released_by_name=named.released_by_name,
        release_reason=release.reason if release else None,
    )


def erasure(row: models.Erasure, files_deleted_at: datetime | None) -> Erasure:
    """As it is told to compliance."""
    return Erasure(
        erased_at=row.erased_at,
        basis=row.basis,
        erased_by_name=row.erased_by_name,
        reason=row.reason,
        files_deleted_at=files_deleted_at,
    )


def media_url(part: models.RecordingPart, playback_id: str) -> str:
    """Where a player finds a part within a playback."""
    return (
        f"{RECORDINGS}/{quote(part.recording_id)}/parts/"
        f"{quote(part.id)}/media?playback={quote(playback_id)}"
    )


def file_name(recording: models.Recording, named: NamedPart) -> str:
    """When, which side and which source, and enough of the id to find it again:
    no name of a person.
    """
    begin = f"{recording.started_at:%Y-%m-%d_%H%M}"
    part = named.part
    extension = EXTENSIONS.get(part.media_type.partition(";")[0], "bin")
    seconds = f"{part.offset_ms // 1000:05}s"
    side = named.participant_side
    return f"{begin}_{side}_{part.source}_{seconds}_{part.id[:8]}.{extension}"


def _part(named: NamedPart, authenticity: Authenticity) -> RecordingPart:
    part = named.part
    return RecordingPart(
        part_id=part.id,
        participant_id=part.participant_id,
        participant_name=named.participant_name,
        participant_role=named.participant_side,
        source=part.source,
        media_type=part.media_type,
        offset_ms=part.offset_ms,
        duration_ms=part.duration_ms,
        size_bytes=part.playable_bytes,
        state=part.state,
        authenticity=authenticity,
        losses=shapes.read(part, "losses", Losses),
    )


def _consent(named: NamedConsent) -> ConsentRecord:
    consent = named.consent
    return ConsentRecord(
        at=consent.at,
        user_name=named.user_name,
        role=consent.role,
        decision=consent.decision,
        text_id=consent.text_id,
        text_version=consent.text_version,
        text_sha256=consent.text_sha256,
        language=consent.language,
        text=named.text,
        text_confirmed=consent.text_confirmed,
        address=consent.address,
        user_agent=consent.user_agent,
    )
