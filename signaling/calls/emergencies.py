"""Emergencies: part of their call and its row, and shown to the staff
until somebody has taken them on.

What is said of them is what is known: whom the alert has reached, and who has answered it.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import cast

from msgspec import structs

from signaling import config
from signaling.calls.alerts import Alert, Alerts
from signaling.calls.ledger import Ledger
from signaling.calls.live import Emergency, LiveCall
from signaling.calls.messages import CallEmergency, Channel, EmergencyState
from signaling.kernel.actor import Actor
from signaling.kernel.background import Background
from signaling.kernel.clock import Clock
from signaling.kernel.errors import NotFound
from signaling.kernel.hub import Hub, Socket
from signaling.kernel.permissions import require
from signaling.kernel.words import Side
from storage.models import TelemedicineSession
from storage.telemedicine_sessions import NamedSession

log = logging.getLogger(__name__)

STANDS = timedelta(hours=24)
"""So long an emergency that nobody has answered is shown to whoever of the staff signs in,
also after a restart.
"""


class Emergencies:
    """Raises them, tells everybody, and knows which still stand."""

    def __init__(
        self,
        settings: config.Emergency,
        hub: Hub,
        ledger: Ledger,
        alerts: Alerts,
        background: Background,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._hub = hub
        self._ledger = ledger
        self._alerts = alerts
        self._background = background
        self._clock = clock
        self._standing: dict[str, Emergency] = {}

    async def load(self, closed: Collection[str] = ()) -> None:
        """Those that nobody has answered, of calls whose server is no more, also of those
        that were just closed.

        Whom it is not known to have reached is alerted again. Raises DatabaseUnavailable.
        """
        for found in await self._ledger.left_emergencies(self._clock.now() - STANDS, closed):
            emergency = self._of_row(found)
            self._standing[emergency.room_id] = emergency
            self._send_all(emergency, self._unreached(emergency))
            self._tell(emergency)
            if self._hub.has_role("admin"):
                self._has_reached(emergency, "administrators")

    def raise_(self, call: LiveCall, actor: Actor) -> EmergencyState:
        """Alert everybody in the call and the staff, before anything is written; pressed again,
        alert them again.
        """
        emergency = call.emergency
        if emergency is None or emergency.acknowledged_at is not None:
            emergency = call.emergency = self._new(call, actor)
            self._standing[call.room_id] = emergency
        if self._hub.has_role("admin"):
            emergency.reached.add("administrators")
        channels = self._unreached(emergency)
        emergency.pending |= channels
        self._tell(emergency)
        log.warning("emergency raised in call %s", call.session_id)
        self._ledger.emergency(emergency, "call.emergency", self._clock.now(), actor)
        self._send_all(emergency, channels)
        return self.state(emergency)

    def acknowledge(self, actor: Actor, room_id: str) -> EmergencyState:
        """Somebody of the staff takes it on.

        Raises NotAllowed, or NotFound if there is none that stands.
        """
        require(actor, "emergency.acknowledge")
        emergency = self._standing.pop(room_id, None)
        if emergency is None:
            raise NotFound("no_emergency")
        emergency.acknowledged_at, emergency.acknowledged_by = self._clock.now(), actor.name
        self._tell(emergency)
        self._ledger.emergency(emergency, "call.emergency_acknowledged", self._clock.now(), actor)
        return self.state(emergency)

    def socket_opened(self, socket: Socket) -> None:
        """Somebody of the staff signs in: they are reached now."""
        if socket.actor.role != "admin":
            return
        for emergency in list(self._standing.values()):
            if self._clock.now() - emergency.raised_at > STANDS:
                del self._standing[emergency.room_id]
                continue
            socket.send(self._message(emergency, for_staff=True))
            self._has_reached(emergency, "administrators")

    def state(self, emergency: Emergency) -> EmergencyState:
        """As everybody in the call may know it."""
        return state(
            self._settings,
            raised_by=emergency.raised_by_name,
            raised_at=emergency.raised_at,
            reached=emergency.reached,
            pending=bool(emergency.pending),
            acknowledged_at=emergency.acknowledged_at,
            acknowledged_by=emergency.acknowledged_by,
        )

    def of(self, call: LiveCall) -> EmergencyState | None:
        """That of a call that is not over, or was a moment ago."""
        return self.state(call.emergency) if call.emergency else None

    def of_row(self, found: NamedSession) -> EmergencyState | None:
        """As it stands, or stood last."""
        row = found.session
        if standing := self._standing.get(row.room_id):
            return self.state(standing)
        return None if row.emergency_raised_at is None else self.state(self._of_row(found))

    def _new(self, call: LiveCall, actor: Actor) -> Emergency:
        party = call.party(actor.user_id) or call.provider
        return Emergency(
            session_id=call.session_id,
            room_id=call.room_id,
            party_ids=tuple(_ids(call)),
            patient_name=call.patient.name,
            raised_by=party.side,
            raised_by_name=party.name,
            raised_at=self._clock.now(),
            journal=call.journal,
            call=call,
        )

    def _of_row(self, found: NamedSession) -> Emergency:
        row = found.session
        side = cast("Side", row.emergency_raised_by or "provider")
        names = {"patient": found.patient_name, "provider": found.provider_name}
        return Emergency(
            session_id=row.id,
            room_id=row.room_id,
            party_ids=(row.provider_id, row.patient_id),
            patient_name=found.patient_name,
            raised_by=side,
            raised_by_name=names.get(side, side),
            raised_at=row.emergency_raised_at or row.created_at,
            journal=self._ledger.journals.open(row.room_id, row.provider_id, row.patient_id),
            reached=_channels(row),
            acknowledged_at=row.emergency_acknowledged_at,
            acknowledged_by=row.emergency_acknowledged_by,
        )

    def _unreached(self, emergency: Emergency) -> set[Channel]:
        """Those that nothing is on its way to, either."""
        return set(self._alerts.channels - emergency.reached - emergency.pending)

    def _send_all(self, emergency: Emergency, channels: Collection[Channel]) -> None:
        emergency.pending.update(channels)
        for channel in sorted(channels):
            self._background.spawn(self._send(emergency, channel))

    async def _send(self, emergency: Emergency, channel: Channel) -> None:
        alert = Alert(emergency.room_id, emergency.raised_by, emergency.raised_at)
        sent = False
        try:
            sent = await self._alerts.send(
                channel, alert, lambda: emergency.acknowledged_at is None
            )
        finally:  # whatever went wrong, nobody waits for it any longer
            emergency.pending.discard(channel)
            if sent:
                self._has_reached(emergency, channel)
            else:
                self._tell(emergency)

    def _has_reached(self, emergency: Emergency, channel: Channel) -> None:
        if channel in emergency.reached:
            return
        emergency.reached.add(channel)
        self._tell(emergency)
        self._ledger.emergency(
            emergency, "call.emergency_alerted", self._clock.now(), None, {"by": channel}
        )

    def _tell(self, emergency: Emergency) -> None:
        """Every page of everybody in the call, and
        with the patient's name signed-in administrators.

        Nobody, once the call has a newer one: the answer to this one would be taken for the answer
        to that.
        """
        if emergency.superseded:
            return
        for user_id in emergency.party_ids if emergency.call is None else _ids(emergency.call):
            self._hub.send(user_id, self._message(emergency, for_staff=False))
        self._hub.send_to_role("admin", self._message(emergency, for_staff=True))

    def _message(self, emergency: Emergency, *, for_staff: bool) -> CallEmergency:
        return CallEmergency(
            room_id=emergency.room_id,
            patient_name=emergency.patient_name if for_staff else None,
            **structs.asdict(self.state(emergency)),
        )


def state(
    settings: config.Emergency,
    *,
    raised_by: str,
    raised_at: datetime,
    reached: Collection[Channel],
    pending: bool,
    acknowledged_at: datetime | None,
    acknowledged_by: str | None,
) -> EmergencyState:
    """With what the practice says about emergencies."""
    return EmergencyState(
        raised_by=raised_by,
        raised_at=raised_at,
        phone=settings.phone,
        instructions=settings.instructions,
        practice_phone=settings.practice_phone,
        reached=sorted(reached),
        pending=pending,
        acknowledged_at=acknowledged_at,
        acknowledged_by=acknowledged_by,
    )


def _ids(call: LiveCall) -> list[str]:
    return [party.user_id for party in call.parties]


def _channels(row: TelemedicineSession) -> set[Channel]:
    known: tuple[Channel, ...] = ("administrators", "email", "webhook")
    return {channel for channel in known if channel in (row.emergency_reached or [])}
