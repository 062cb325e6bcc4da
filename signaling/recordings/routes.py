"""/api/v1/telemedicine/recordings: find, play and download. Playbacks checks the role and writes the audit log."""

from aiohttp import web

from signaling.kernel.routes import TELEMEDICINE, Context, Route
from signaling.recordings.playback import Playbacks, respond
from signaling.recordings.resources import Playback, RecordingDetail, RecordingList


async def list_recordings(context: Context, cursor: str | None = None) -> RecordingList:
    """Recordings, newest first (compliance)."""
    return await context.the(Playbacks).list(context.actor, cursor)


async def get_recording(context: Context, recording_id: str) -> RecordingDetail:
    """Parts, consents and who has had access (compliance)."""
    return await context.the(Playbacks).detail(context.actor, recording_id)


async def open_playback(context: Context, recording_id: str) -> Playback:
    """Media addresses for the caller only; written to the audit log first (compliance)."""
    return await context.the(Playbacks).open(context.actor, recording_id)


async def get_media(
    context: Context, recording_id: str, part_id: str, playback: str | None = None
) -> web.StreamResponse:
    """One part within a playback; answers Range requests."""
    file = await context.the(Playbacks).media(context.actor, recording_id, part_id, playback or "")
    return await respond(context.request, file)


async def download_part(context: Context, recording_id: str, part_id: str) -> web.StreamResponse:
    """One part as a file; written to the audit log before the first byte (compliance)."""
    file = await context.the(Playbacks).download(context.actor, recording_id, part_id)
    return await respond(context.request, file)


RECORDING = f"{TELEMEDICINE}/recordings/{{recording_id}}"
ROUTES = (
    Route("GET", f"{TELEMEDICINE}/recordings", list_recordings, "recordings", "recording"),
    Route("GET", RECORDING, get_recording, "recordings", "recording"),
    Route("POST", f"{RECORDING}/playback", open_playback, "recordings", "recording"),
    Route("GET", f"{RECORDING}/parts/{{part_id}}/media", get_media, "recordings", "media"),
    Route("GET", f"{RECORDING}/parts/{{part_id}}/download", download_part, "recordings", "recording"),
)
