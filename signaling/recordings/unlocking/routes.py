"""/api/v1/telemedicine/recording-unlocks: ask to open a recording, approve, refuse, revoke."""

from typing import Annotated

from msgspec import Meta

from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from signaling.recordings.unlocking.resources import (
    AskToOpen,
    RecordingUnlock,
    RecordingUnlockList,
    RefuseUnlock,
)
from signaling.recordings.unlocking.unlocks import Unlocks
from storage.people.playback_grants import Why

Identifier = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]
UNLOCKS = f"{TELEMEDICINE}/recording-unlocks"
routes = Routes("recordings")


@routes.post(
    f"{TELEMEDICINE}/recordings/{{recording_id}}/unlocks",
    access="recording.unlock",
    counts="change",
    errors=(
        "unknown_recording",
        "recording_erased",
        "approval_not_needed",
        "unlock_waits",
        "reason_needed",
    ),
    audit="recording.unlock_requested",
    of_recordings=True,
)
async def ask_to_open(context: Context, recording_id: str, body: AskToOpen) -> RecordingUnlock:
    """Ask somebody else to approve that the caller opens a recording, and say why (compliance)."""
    why = Why(body.purpose, body.reason)
    return await context.the(Unlocks).ask(context.actor, recording_id, why)


@routes.get(UNLOCKS, access="recording.approve", counts="read")
async def list_unlocks(context: Context) -> RecordingUnlockList:
    """What waits for an answer or is approved, and one's own (compliance, administrators)."""
    return await context.the(Unlocks).list(context.actor)


@routes.post(
    f"{UNLOCKS}/{{unlock_id}}/approve",
    access="recording.approve",
    counts="change",
    errors=(
        "unknown_unlock",
        "own_request",
        "unlock_over",
        "recording_erased",
        "approval_not_needed",
    ),
    audit="recording.unlock_approved",
)
async def approve_unlock(context: Context, unlock_id: Identifier) -> RecordingUnlock:
    """Let somebody else open that recording for a while (compliance, administrators)."""
    return await context.the(Unlocks).approve(context.actor, unlock_id)


@routes.post(
    f"{UNLOCKS}/{{unlock_id}}/refuse",
    access="recording.approve",
    counts="change",
    errors=(
        "unknown_unlock",
        "own_request",
        "unlock_over",
        "recording_erased",
        "approval_not_needed",
    ),
    audit="recording.unlock_refused",
)
async def refuse_unlock(
    context: Context, unlock_id: Identifier, body: RefuseUnlock
) -> RecordingUnlock:
    """Refuse it, for a reason that whoever asked reads (compliance, administrators)."""
    return await context.the(Unlocks).refuse(context.actor, unlock_id, body.reason)


@routes.post(
    f"{UNLOCKS}/{{unlock_id}}/end",
    access="recording.approve",
    counts="change",
    errors=("unknown_unlock", "foreign_request", "unlock_over"),
    audit="recording.unlock_revoked",
)
async def end_unlock(context: Context, unlock_id: Identifier) -> RecordingUnlock:
    """Withdraw one's own request, or take an approval back; what is played by it ends
    (compliance, administrators).
    """
    return await context.the(Unlocks).end(context.actor, unlock_id)
