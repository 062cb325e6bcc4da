"""Erasure on request: compliance asks, with a reason."""

from signaling.kernel.actor import Actor
from signaling.kernel.background import Background
from signaling.kernel.errors import NotFound, Unavailable
from signaling.recordings.access import Access
from signaling.recordings.playback import views
from signaling.recordings.resources import Erasure
from signaling.recordings.retention.eraser import Eraser
from storage.database import Database
from storage.recordings import recordings
from storage.retention import erasures


class Erasures:
    """To whoever is not of compliance, each method raises NotAllowed, audited."""

    def __init__(self, database: Database, eraser: Eraser, access: Access) -> None:
        self._database = database
        self._eraser = eraser
        self._access = access
        self.background = Background()
        """Files that are being deleted."""

    async def request(self, actor: Actor, recording_id: str, reason: str) -> Erasure:
        """From the answer on nobody can decrypt the recording; its files go at once, or as soon as
        they can be reached.
        """
        await self._access.require(actor, "recording.erase", recording_id)
        try:
            await self._eraser.require_possible()
        except OSError as error:
            raise Unavailable("erasure_unavailable", problem=error.strerror or "?") from None
        async with self._database.transaction() as tx:
            try:
                recording = await recordings.for_change(tx, recording_id)
            except LookupError:
                raise NotFound("unknown_recording") from None
            await self._eraser.erase(tx, recording, "request", actor, reason)
            erased = await erasures.of_recording(tx, recording_id)
        assert erased is not None  # noqa: S101  this transaction has written it
        self.background.spawn(self._eraser.try_to_finish())
        return views.erasure(*erased)
