"""Exports that end with what they rest on: a recording that is erased, an approval taken back."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import RecordingExport
from storage.words import ExportFailure, ExportState

WAITING: tuple[ExportState, ...] = ("queued", "running")


async def destroy_all(
    tx: AsyncSession, which: ColumnElement[bool], failure: ExportFailure, now: datetime
) -> None:
    """Those that were made, and those that are being made, by whichever server."""
    gone = {"wrapped_key": None, "failure": failure}
    for states, became in (
        (("done",), {"state": "expired"}),
        (WAITING, {"state": "failed", "phase": None, "finished_at": now}),
    ):
        some = update(RecordingExport).where(which, RecordingExport.state.in_(states))
        change = some.values({**gone, **became})
        await tx.execute(change.execution_options(synchronize_session=False))
