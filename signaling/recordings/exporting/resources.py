"""Exports of recordings as compliance staff see them."""

from datetime import datetime

from signaling.kernel.messages import UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import (
    ExportContents,
    ExportFailure,
    ExportPhase,
    ExportState,
    FilmLayout,
    PurposeOfUse,
)


class AskForExport(Request):
    """POST recordings/{recording_id}/exports"""

    playback_id: str
    """Within which it is asked for: purpose and reason are those of the playback."""
    contents: ExportContents
    layout: FilmLayout = "grid"
    """Of a film."""


class RecordingExport(Resource):
    """One that was asked for, and how far it is."""

    export_id: str
    recording_id: str
    patient_name: str
    recorded_at: datetime
    requested_at: datetime
    requested_by: UserId
    requested_by_name: str
    purpose: PurposeOfUse
    reason: str | None
    contents: ExportContents
    layout: FilmLayout
    state: ExportState
    phase: ExportPhase | None
    """Of one that runs; none before it has begun."""
    done: int
    """Of the phase: bytes, or milliseconds of the film."""
    total: int
    failure: ExportFailure | None
    """Why there is none, or why it was destroyed before its time."""
    finished_at: datetime | None
    expires_at: datetime | None
    """Until when it can be downloaded, by whoever asked for it."""
    size_bytes: int


class RecordingExportList(Resource):
    """GET recording-exports: those of everybody, newest first, no more than a hundred."""

    exports: list[RecordingExport]
