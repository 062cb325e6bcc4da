"""Who waits for their appointment: known to the server where their page is, as presence is.

A page that waits says so again and again; one that falls silent waits no longer. Neither does who
may not any more: whoever asks who waits lets them leave first.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.appointments.messages import WaitingChanged, WaitingLine
from signaling.clinical.appointments.resources import Waiting, WaitingPlace
from signaling.identity.doors import Doors
from signaling.kernel.actor import Actor
from signaling.kernel.clock import Clock, Timer
from signaling.kernel.errors import NotFound
from signaling.kernel.hub import Hub
from storage.appointments import appointments
from storage.appointments.appointments import NamedAppointment
from storage.people import guest_links, users

SILENT_SECONDS = 75.0
"""Pages say every 25 s that they wait."""


@dataclass
class Place:
    """One patient in the waiting room."""

    found: NamedAppointment
    since: datetime
    timer: Timer
    link_id: str | None
    """By which they came who have no account."""
    line: str | None = None
    """What the provider sent last."""


class WaitingRoom:
    """One server's."""

    def __init__(self, hub: Hub, doors: Doors, clock: Clock) -> None:
        self._hub = hub
        self.doors = doors
        self._clock = clock
        self._places: dict[str, Place] = {}
        self.coming = asyncio.Lock()
        """Whoever holds it lets somebody in, so that two pages of theirs come once."""

    def has(self, appointment_id: str) -> bool:
        """Whether its patient waits."""
        return appointment_id in self._places

    def wait(self, found: NamedAppointment, actor: Actor) -> WaitingPlace:
        """Its patient is there, or still is."""
        key, link_id = found.appointment.id, actor.guest.link_id if actor.guest else None
        timer = self._clock.call_later(SILENT_SECONDS, partial(self.leave, key))
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = Place(found, self._clock.now(), timer, link_id)
            self._tell(place)
        else:
            place.timer.cancel()
            place.found, place.timer, place.link_id = found, timer, link_id
        return WaitingPlace(since=place.since, line=place.line)

    async def look_again(self, tx: AsyncSession, *only: str) -> None:
        """Whoever may not wait any more leaves, by what the database has now of their appointments,
        links and accounts; of all, or of those appointments.
        """
        places = {key: place for key, place in self._places.items() if not only or key in only}
        if not places:
            return
        rows = {one.appointment.id: one for one in await appointments.several(tx, places)}
        links = {key: place.link_id for key, place in places.items()}
        revoked = await guest_links.revoked(tx, {link for link in links.values() if link})
        roles = await users.roles(tx, {one.appointment.patient_id for one in rows.values()})
        now = self._clock.now()
        for key, place in places.items():
            found = rows.get(key)
            if (
                found is not None
                and self.doors.around(found.appointment, now) == "open"
                and links[key] not in revoked
                and found.appointment.patient_id in roles
            ):
                place.found = found
            elif self._places.get(key) is place and place.link_id == links[key]:
                self.leave(key)

    def leave(self, appointment_id: str) -> None:
        """They wait no longer; nothing happens if they did not."""
        if place := self._places.pop(appointment_id, None):
            place.timer.cancel()
            self._tell(place)

    def of(self, actor: Actor) -> list[Waiting]:
        """Whoever waits for that provider, in the order of their appointments; everybody, for
        administrators.
        """
        places = sorted(self._places.values(), key=lambda one: one.found.appointment.starts_at)
        return [
            Waiting(
                appointment_id=place.found.appointment.id,
                patient_name=place.found.patient_name,
                starts_at=place.found.appointment.starts_at,
                since=place.since,
                line=place.line,
            )
            for place in places
            if actor.role == "admin" or place.found.appointment.provider_id == actor.user_id
        ]

    def say(self, found: NamedAppointment, line: str) -> None:
        """The provider sends a line to whoever waits. Raises NotFound."""
        row = found.appointment
        place = self._places.get(row.id)
        if place is None:
            raise NotFound("nobody_waits")
        place.line = line
        for socket in self._hub.of(row.patient_id):
            if socket.actor.reaches("", row.id):
                socket.send(WaitingLine(appointment_id=row.id, line=line))
        self._tell(place)

    def _tell(self, place: Place) -> None:
        self._hub.send(place.found.appointment.provider_id, WaitingChanged())
