"""What is asked and answered about who may open a recording."""

from datetime import datetime

from signaling.kernel.messages import UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import PurposeOfUse, UnlockPolicy, UnlockState
from signaling.recordings.resources import Reason


class AskToOpen(Request):
    """POST recordings/{recording_id}/unlocks"""

    purpose: PurposeOfUse
    reason: Reason | None = None
    """In their own words; `HOPERAT` needs them."""


class RefuseUnlock(Request):
    """POST recording-unlocks/{unlock_id}/refuse"""

    reason: Reason
    """Whoever asked reads it."""


class RecordingUnlock(Resource):
    """Somebody asks to open a recording, and somebody else approves or refuses."""

    unlock_id: str
    recording_id: str
    patient_name: str
    provider_name: str
    """Of the call that was recorded."""
    recorded_at: datetime
    requested_by: UserId
    requested_by_name: str
    requested_at: datetime
    purpose: PurposeOfUse
    reason: str | None
    """In the words of whoever asks."""
    state: UnlockState
    expires_at: datetime
    """Of the request; once it is approved, of the approval."""
    answered_at: datetime | None
    answered_by_name: str | None
    answer: str | None
    """Why it was refused."""
    ended_at: datetime | None
    """When it was withdrawn or revoked."""
    ended_by_name: str | None


class RecordingUnlockList(Resource):
    """GET recording-unlocks"""

    policy: UnlockPolicy
    unlocks: list[RecordingUnlock]
    """Newest first: what waits for an answer or is approved, of everybody, and what the caller has
    asked for within a week.
    """
