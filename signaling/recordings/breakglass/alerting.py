"""Whoever has to know of an access in an emergency is told at once, on the pages and outside.

What is still to be told outside is in the row of the access, so that it outlives the server; which
server tells it is told by a lease.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from signaling.alerts import Alert, Delivery
from signaling.alerts.delivery import Way
from signaling.kernel.auditing import entry
from signaling.kernel.background import Background, repeat
from signaling.kernel.clock import Clock
from signaling.kernel.hub import Hub
from signaling.kernel.permissions import ALLOWED
from signaling.mail.mailer import NotSent
from signaling.recordings.breakglass.messages import BreakGlassChanged
from signaling.recordings.breakglass.resources import BreakGlassAccess
from storage import audit, models
from storage.database import Database
from storage.errors import StorageError
from storage.recordings import break_glass

log = logging.getLogger(__name__)

EVERY_SECONDS = 15.0
SEND_SECONDS = 45.0
LEASE = timedelta(seconds=120)
"""Longer than sending by every way takes, so that two servers never tell the same."""
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
MOST_TRIES = 300
"""In a day; the list of what compliance has to review has it for good."""


class Alerting:
    """Letters name nobody: whoever reads one signs in to see whom it is about."""

    def __init__(
        self, database: Database, hub: Hub, delivery: Delivery, url: str, clock: Clock
    ) -> None:
        self._database = database
        self._hub = hub
        self._delivery = delivery
        self._url = url
        self._clock = clock
        self.background = Background()
        """Letters that are on their way."""

    @property
    def ways(self) -> frozenset[Way]:
        """By which somebody has to be told outside of the pages."""
        return self._delivery.ways

    def tell(self, access: BreakGlassAccess) -> None:
        """On every page of compliance and administrators at this server."""
        for role in ALLOWED["recording.approve"]:
            self._hub.send_to_role(role, BreakGlassChanged(access=access))

    def alert(self, access: BreakGlassAccess) -> None:
        """Outside of the pages, too, in the background."""
        self.tell(access)
        if self.ways:
            self.background.spawn(self.try_once())

    async def watch(self) -> None:
        """Until cancelled."""
        if self.ways:
            await repeat(self.try_once, EVERY_SECONDS, "alerting", self._clock)

    async def try_once(self) -> None:
        """All that is due."""
        try:
            while await self._tell_next():
                pass
        except StorageError as error:
            log.warning("alerts are sent later: %s", error)

    async def _tell_next(self) -> bool:
        """Whether there may be more to tell now."""
        async with self._database.reading() as tx:
            if not await break_glass.has_alerts(tx, self._clock.now()):
                return False
        async with self._database.transaction() as tx:
            access = await break_glass.claim_alert(tx, self._clock.now(), LEASE)
        if access is None:
            return False
        for way in sorted(self.ways.intersection(access.alerts_left.split())):
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._delivery.send_once(
                        way, _alert(access.id, access.opened_at, self._url)
                    )
            except (NotSent, TimeoutError) as error:
                log.error("an access in an emergency could not be told by %s: %s", way, error)
            except Exception:  # whatever it is, the other way is tried and the tries are counted
                log.exception("an access in an emergency could not be told by %s", way)
            else:
                await self._told(access, way)
        await self._again(access)
        return True

    async def _told(self, access: models.BreakGlassAccess, way: Way) -> None:
        event = entry(
            "recording.break_glass_alerted",
            self._clock.now(),
            None,
            recording_id=access.recording_id,
            detail={"access_id": access.id, "by": way},
        )
        try:
            async with self._database.transaction() as tx:
                row = await break_glass.for_change(tx, access.id)
                row.alerts_left = " ".join(left for left in row.alerts_left.split() if left != way)
                await audit.append(tx, event)
        except StorageError as error:  # it is out, and the other way has to be tried
            log.warning("an alert that was sent by %s is sent once more: %s", way, error)

    async def _again(self, access: models.BreakGlassAccess) -> None:
        """What is left is tried later. A way that is configured no more is none."""
        async with self._database.transaction() as tx:
            row = await break_glass.for_change(tx, access.id)
            left = self.ways.intersection(row.alerts_left.split())
            if left and row.alerts_tries < MOST_TRIES:
                row.alert_at = self._clock.now() + pause(row.alerts_tries)
                return
            row.alert_at = None
        if left:
            log.error("nobody could be told of access %s by %s", access.id, ", ".join(left))


def pause(tries: int) -> timedelta:
    """Before it is tried again: twice as long each time, up to five minutes."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries - 1, 10)))


def _alert(access_id: str, at: datetime, url: str) -> Alert:
    return Alert(
        what="access to a recording in an emergency",
        subject="A recording was opened in an emergency",
        text=(
            f"A provider opened a recording in an emergency at {at:%Y-%m-%d %H:%M:%S} UTC.\n\n"
            "Sign in as compliance to see whose recording it is and why, and to review it:\n"
            f"{url}/access\n"
        ),
        body={"type": "break_glass", "access_id": access_id, "opened_at": at.isoformat()},
    )
