"""Rows of accesses turned into resources."""

from signaling.recordings.breakglass.resources import BreakGlassAccess
from storage.recordings.break_glass import NamedAccess


def access(found: NamedAccess) -> BreakGlassAccess:
    """As staff see it, and whoever opened it."""
    row = found.access
    return BreakGlassAccess(
        access_id=row.id,
        recording_id=row.recording_id,
        patient_name=found.patient_name,
        provider_name=found.provider_name,
        recorded_at=found.recording.started_at,
        holder_id=row.holder_id,
        holder_name=found.holder_name,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        purpose=row.purpose,
        reason=row.reason,
        reviewed_at=row.reviewed_at,
        reviewed_by_name=found.reviewed_by_name,
        justified=row.justified,
        note=row.note,
    )
