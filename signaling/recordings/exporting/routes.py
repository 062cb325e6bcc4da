"""/api/v1/telemedicine/recording-exports: ask for one, see how far it is, cancel and download it.

Exports checks the role and writes the audit log.
"""

from typing import Annotated

from msgspec import Meta

from signaling.kernel.content import Content
from signaling.kernel.routes import TELEMEDICINE, Context, Reply, Routes
from signaling.recordings.exporting.resources import (
    AskForExport,
    RecordingExport,
    RecordingExportList,
)
from signaling.recordings.exporting.service import Exports

Identifier = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]
EXPORTS = f"{TELEMEDICINE}/recording-exports"
routes = Routes("recordings")


@routes.post(
    f"{TELEMEDICINE}/recordings/{{recording_id}}/exports",
    access="recording.download",
    counts="change",
    errors=(
        "playback_expired",
        "approval_needed",
        "approval_ended",
        "unknown_recording",
        "recording_erased",
        "recording_not_over",
        "recording_sealed",
        "exports_wait",
    ),
    audit="recording.export_requested",
    of_recordings=True,
)
async def ask_for_export(
    context: Context, recording_id: str, body: AskForExport
) -> RecordingExport:
    """Ask for a recording as one file that proves itself, within a playback; it is made in the
    background (compliance).
    """
    return await context.the(Exports).ask(context.actor, recording_id, body)


@routes.get(EXPORTS, access="recording.list", counts="read", of_recordings=True)
async def list_exports(context: Context) -> RecordingExportList:
    """What was asked for by anybody, newest first, and how far it is (compliance)."""
    return await context.the(Exports).list(context.actor)


@routes.post(
    f"{EXPORTS}/{{export_id}}/cancel",
    access="recording.download",
    counts="change",
    errors=("unknown_export", "export_over"),
    audit="recording.export_cancelled",
    of_recordings=True,
)
async def cancel_export(context: Context, export_id: Identifier) -> RecordingExport:
    """End one's own export that waits or is made; destroy one that was made (compliance)."""
    return await context.the(Exports).cancel(context.actor, export_id)


@routes.get(
    f"{EXPORTS}/{{export_id}}/download",
    access="recording.download",
    counts="recording",
    errors=(
        "unknown_export",
        "playback_expired",
        "approval_needed",
        "approval_ended",
        "recording_erased",
        "export_not_made",
        "export_over",
        "export_elsewhere",
        "export_damaged",
        "recording_key_away",
        "range_not_satisfiable",
    ),
    audit="recording.export_downloaded",
    of_recordings=True,
    replies={200: Reply("The content.", media_types=("application/zip",))},
)
async def download_export(context: Context, export_id: Identifier) -> Content:
    """One's own export, until it expires; answers Range requests, and each is written to the audit
    log before its first byte (compliance).
    """
    return await context.the(Exports).download(context.actor, export_id)
