"""Rows of recordings turned into resources."""

from base64 import b64encode
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
    ProvedRow,
    Recording,
    RecordingDetail,
    RecordingGap,
    RecordingPart,
    SealedPart,
    SealedRecording,
    Timeline,
)
from signaling.recordings.timeline import timeline as make_timeline
from storage import audit, models
from storage.calls.connections import Connection
from storage.calls.consents import NamedConsent
from storage.database import shapes
from storage.recordings import authenticity
from storage.recordings.authenticity import Verdict
from storage.recordings.recordings import NamedPart
from storage.recordings.summaries import RecordingSummary
from storage.retention.legal_holds import NamedHold
from storage.vault.keys.sealed import is_sealed
from storage.words import SETTLED, Authenticity

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
    expiry = policy.of(found) if kept else None
    return Recording(
        recording_id=found.recording.id,
        room_id=found.room_id,
        patient_name=found.patient_name,
        provider_name=found.provider_name,
        guest_names=list(found.guest_names),
        started_at=found.recording.started_at,
        duration_ms=found.recording.duration_ms,
        size_bytes=0 if found.recording.state == "erased" else found.size_bytes,
        state=found.recording.state,
        on_hold=found.recording.on_hold,
        expires_at=expiry.at if expiry else None,
        kept_by=expiry.by if expiry else None,
        sealed=is_sealed(found.recording.key_id),
    )


@dataclass(frozen=True)
class OnRecord:
    """What is on record of a recording beside what it consists of."""

    consents: Sequence[NamedConsent]
    connections: Sequence[Connection]
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
    gaps = shapes.read(found.recording, "gaps", list[RecordingGap])
    return RecordingDetail(
        recording=recording(found, policy),
        authenticity=verdict.recording,
        key_id=found.recording.key_id if is_sealed(found.recording.key_id) else None,
        parts=[part(named, verdict.parts[named.part.id]) for named in parts],
        gaps=gaps,
        timeline=timeline(found, gaps, on_record.consents, on_record.connections),
        consents=[consent(named) for named in on_record.consents],
        holds=[hold(named) for named in on_record.holds],
        erasure=erasure(*on_record.erased) if on_record.erased else None,
        access_log=[entry(stored) for stored in on_record.entries],
    )


def timeline(
    found: RecordingSummary,
    gaps: Sequence[RecordingGap] | None,
    consents: Sequence[NamedConsent],
    connections: Sequence[Connection],
) -> Timeline:
    """What happened while it was recorded."""
    began = found.recording.started_at
    return make_timeline(began, found.recording.duration_ms, consents, gaps, connections)


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


def sealed(
    recording: models.Recording,
    parts: Sequence[models.RecordingPart],
    digest: str | None,
    playback_id: str,
) -> SealedRecording:
    """For whoever has its private key: its rows as they are, proved or not, and all of one moment.

    `digest` is that of the audit log.
    """
    macs = {part.id: part.mac for part in parts}
    text = authenticity.recording_text(recording, macs)
    return SealedRecording(
        recording_id=recording.id,
        key_id=recording.key_id,
        wrapped_key=b64encode(recording.wrapped_key or b"").decode(),
        data_key_sha256=digest,
        proved=_proved(text, recording.mac),
        parts=[_sealed_part(part, recording, playback_id) for part in parts],
    )


def _sealed_part(
    part: models.RecordingPart, recording: models.Recording, playback_id: str
) -> SealedPart:
    address = (
        f"{RECORDINGS}/{quote(recording.id)}/parts/{quote(part.id)}/sealed"
        f"?playback={quote(playback_id)}"
    )
    return SealedPart(
        part_id=part.id,
        proved=_proved(authenticity.part_text(part, recording), part.mac),
        url=address if part.state in SETTLED else None,
        tail_url=f"{address}&tail=true" if part.state == "torn" else None,
    )


def _proved(text: str, mac: bytes | None) -> ProvedRow:
    return ProvedRow(row=text, mac=None if mac is None else mac.hex())


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


def part(named: NamedPart, authenticity: Authenticity) -> RecordingPart:
    """One of a recording's."""
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


def consent(named: NamedConsent) -> ConsentRecord:
    """One decision, with its words."""
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
