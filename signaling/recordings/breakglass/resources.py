"""Access to recordings in an emergency, and its review."""

from datetime import datetime

from signaling.kernel.messages import UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import EmergencyPurpose
from signaling.recordings.resources import Playback, Reason, RecordingGap, RecordingPart, Timeline


class BreakGlass(Request):
    """POST calls/{room_id}/break-glass"""

    purpose: EmergencyPurpose
    reason: Reason


class BreakGlassAccess(Resource):
    """A provider opened a recording in an emergency."""

    access_id: str
    recording_id: str
    patient_name: str
    provider_name: str
    """Of the call that was recorded."""
    recorded_at: datetime
    holder_id: UserId
    holder_name: str
    opened_at: datetime
    expires_at: datetime
    purpose: EmergencyPurpose
    reason: str
    """In the words of whoever opened it."""
    reviewed_at: datetime | None
    reviewed_by_name: str | None
    justified: bool | None
    note: str | None
    """Of whoever reviewed it."""


class EmergencyPlayback(Resource):
    """What a provider gets who has opened a recording in an emergency: all that a player needs."""

    access: BreakGlassAccess
    playback: Playback
    duration_ms: int
    parts: list[RecordingPart]
    gaps: list[RecordingGap] | None
    timeline: Timeline


class ReviewAccess(Request):
    """POST break-glass/{access_id}/review"""

    justified: bool
    note: Reason | None = None
    """Needed where it was not."""


class BreakGlassList(Resource):
    """GET break-glass"""

    accesses: list[BreakGlassAccess]
    """Those that nobody has reviewed, oldest first; then those reviewed within 30 days, newest
    first.
    """
