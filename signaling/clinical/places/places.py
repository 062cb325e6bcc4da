"""Where patients say they are: kept with the visit, and read by the provider whose call it is.

It is asked as a patient waits for an appointment, or while a call of theirs rings or runs. What was
said in the waiting room counts for calls that begin soon after.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical import visits
from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.places import rule
from signaling.clinical.places.messages import PlaceStated
from signaling.clinical.places.resources import OwnPlace, Place, SayPlace
from signaling.clinical.places.rule import Stated
from signaling.clinical.records import About, Records
from signaling.identity.doors import Doors
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.company import Company
from signaling.kernel.countries import all_countries
from signaling.kernel.errors import Conflict, Damaged, NotFound, Unavailable
from signaling.kernel.words import PlaceSource
from storage.audit import AuditEvent
from storage.clinical import clinical_keys, places
from storage.clinical.places import Keyed
from storage.clinical.sealing import Place as SealedAt
from storage.ids import new_id
from storage.models import StatedPlace, TelemedicineSession
from storage.people import patients, users
from storage.people.patients import Record
from storage.words import AuditAction

TABLE = "stated_places"
HOLDS = timedelta(hours=4)
"""So long before a call what was said in the waiting room is where the patient is."""


class Places:
    """To whoever they are none of, each method raises NotFound."""

    def __init__(
        self,
        records: Records,
        company: Company,
        book: Appointments,
        doors: Doors,
        country: str,
    ) -> None:
        """`country`: where patients are of whom nothing else is known; empty if nobody said."""
        self._database = book.database
        self._records = records
        self._company = company
        self._book = book
        self._doors = doors
        self._country = country
        self._repeats = book.repeats
        self._clock = book.clock

    # --- the patient

    async def own(self, actor: Actor, room_id: str | None, appointment_id: str | None) -> OwnPlace:
        """What the actor is asked for that call or appointment, if it is of either: in the log
        before it is handed out.
        """
        async with self._database.reading() as tx:
            answered = await self._answered(tx, actor, room_id, appointment_id)
            record = await _record(tx, actor)
            last = None if _is_unproven(actor) else await places.newest_given(tx, actor.user_id)
        if _is_unproven(actor):
            return self._asked(answered, hidden=bool(record.address))
        event = entry("place.read", self._clock.now(), actor, user_id=actor.user_id)
        await self._repeats.append(event, actor.user_id)
        if last is not None and (known := await self._known(last)) is not None:
            return self._asked(answered, known, "confirmed")
        usual = Stated(address="\n".join(record.address) or None, phone=record.phone)
        return self._asked(answered, usual, "record" if record.address or record.phone else None)

    async def say_in_call(self, actor: Actor, room_id: str, said: SayPlace) -> None:
        """Of a call that rings or runs, its patient. Raises Conflict once it is over, Invalid."""
        async with self._database.reading() as tx:
            session = await self._own_call(tx, actor, room_id)
            record = await _record(tx, actor)
        if session.call_status not in {"initiated", "active"}:
            raise Conflict("call_over")
        row = self._row(actor, said, session_id=session.id)
        about = About("place", patient_id=actor.user_id, session_id=session.id)
        await self._keep(actor, row, about, rule.stated(said, record.address, record.phone))
        self._company.tell_provider(room_id, PlaceStated(room_id=room_id))

    async def say_in_waiting_room(self, actor: Actor, appointment_id: str, said: SayPlace) -> None:
        """Of an appointment that is waited for now, its patient. Raises Conflict, Invalid."""
        async with self._database.reading() as tx:
            found = await self._book.theirs(tx, actor, appointment_id)
            record = await _record(tx, actor)
        appointment = found.appointment
        is_theirs = appointment.patient_id == actor.user_id
        if not is_theirs or not actor.reaches("", appointment_id):
            raise NotFound("unknown_appointment")
        match self._doors.around(appointment, self._clock.now()):
            case "cancelled":
                raise Conflict("not_waiting_time", reason="cancelled")
            case "early":
                raise Conflict("not_waiting_time", reason="early")
            case "over":
                raise Conflict("not_waiting_time", reason="over")
        row = self._row(actor, said, appointment_id=appointment.id)
        about = About("place", patient_id=actor.user_id)
        await self._keep(actor, row, about, rule.stated(said, record.address, record.phone))

    # --- the provider

    async def of_call(self, actor: Actor, room_id: str) -> Place:
        """Where the patient of a call of the actor's own says they are; in the log before it is
        handed out. Raises Unavailable.
        """
        async with self._database.reading() as tx:
            session = await visits.of_provider(tx, actor, room_id)
            found = await places.newest_of_call(tx, session, _since(session))
        if found is None:
            return Place(state="unknown")
        await self._note("place.read", actor, session.id)
        row, _ = found
        stated = await self._readable(found)
        if stated is None:
            return Place(state="unreadable", stated_at=row.stated_at, by_link=row.by_link)
        return Place(
            state=row.answer,
            address=stated.address,
            country=stated.country,
            phone=stated.phone,
            stated_at=row.stated_at,
            by_link=row.by_link,
        )

    async def erase(self, actor: Actor, room_id: str, reason: str) -> None:
        """Nobody reads it any more; that something was said stays. Raises NotFound."""
        await self._records.require_erasable()
        async with self._database.transaction() as tx:
            session = await visits.find(tx, room_id)
            ids: Sequence[str] = ()
            if session is not None:
                ids = await places.key_ids_of_call(tx, session, _since(session))
            if not ids:
                raise NotFound("unknown_place")
            keys = [await clinical_keys.for_change(tx, key_id) for key_id in ids]
            readable = [key for key in keys if key is not None and key.wrapped_key is not None]
            if not readable:
                raise Conflict("clinical_text_erased")
            tombstones = [await self._records.erase(tx, key, actor, reason) for key in readable]
        for tombstone in tombstones:
            await self._records.note_erased(tombstone)

    # --- both

    def _asked(
        self,
        answered: StatedPlace | None,
        known: Stated | None = None,
        source: PlaceSource | None = None,
        *,
        hidden: bool = False,
    ) -> OwnPlace:
        return OwnPlace(
            answer=answered.answer if answered else None,
            address=known.address if known else None,
            country=(known.country if known else None) or self._country or None,
            phone=known.phone if known else None,
            source=source,
            hidden=hidden,
            countries=[*all_countries()],
        )

    async def _answered(
        self, tx: AsyncSession, actor: Actor, room_id: str | None, appointment_id: str | None
    ) -> StatedPlace | None:
        found: Keyed | None = None
        if room_id is not None:
            session = await self._own_call(tx, actor, room_id)
            found = await places.newest_of_call(tx, session, _since(session))
        elif appointment_id is not None and actor.reaches("", appointment_id):
            since = self._clock.now() - HOLDS
            found = await places.newest_for_appointment(tx, actor.user_id, appointment_id, since)
        return found[0] if found else None

    async def _own_call(self, tx: AsyncSession, actor: Actor, room_id: str) -> TelemedicineSession:
        session = await visits.of_somebody(tx, actor, room_id)
        if session.patient_id != actor.user_id:
            raise NotFound("unknown_room")
        return session

    def _row(
        self,
        actor: Actor,
        said: SayPlace,
        *,
        session_id: str | None = None,
        appointment_id: str | None = None,
    ) -> StatedPlace:
        return StatedPlace(
            id=new_id(),
            key_id=f"place-{session_id or appointment_id}",
            patient_id=actor.user_id,
            session_id=session_id,
            appointment_id=appointment_id,
            answer="withheld" if said.answer == "withheld" else "given",
            by_link=_is_unproven(actor),
            stated_at=self._clock.now(),
        )

    async def _keep(self, actor: Actor, row: StatedPlace, about: About, stated: Stated) -> None:
        record = await self._records.make(row.key_id, about)
        text = msgspec.json.encode(stated).decode()
        row.sealed = record.seal(SealedAt(TABLE, row.id), text)
        event = self._event("place.said", actor, row.session_id)
        async with self._database.transaction() as tx:
            key = await clinical_keys.for_change(tx, row.key_id)
            if key is None or key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            await places.add(tx, row)
            await self._repeats.append(event, f"{actor.user_id} {row.key_id}", tx=tx)

    async def _readable(self, found: Keyed) -> Stated | None:
        """None if it was erased, or is damaged. Raises Unavailable."""
        row, key = found
        try:
            record = await self._records.opened(key)
            text = record.unseal(SealedAt(TABLE, row.id), row.sealed)
            return msgspec.json.decode(text, type=Stated)
        except (Conflict, Damaged, msgspec.DecodeError):
            return None

    async def _known(self, last: Keyed) -> Stated | None:
        """The same; none, too, while its key cannot be had: asking goes on without."""
        try:
            return await self._readable(last)
        except Unavailable:
            return None

    def _event(self, action: AuditAction, actor: Actor, session_id: str | None) -> AuditEvent:
        now = self._clock.now()
        if session_id is None:
            return entry(action, now, actor, user_id=actor.user_id)
        return entry(action, now, actor, session_id=session_id)

    async def _note(self, action: AuditAction, actor: Actor, session_id: str) -> None:
        event = self._event(action, actor, session_id)
        await self._repeats.append(event, f"{actor.user_id} {session_id}")


def _is_unproven(actor: Actor) -> bool:
    """Somebody came by a link, and no provider has said yet that it is the patient: whoever has the
    link must not learn where the patient lives.
    """
    return actor.guest is not None and not actor.guest.confirmed


def _since(session: TelemedicineSession) -> datetime:
    return session.created_at - HOLDS


async def _record(tx: AsyncSession, actor: Actor) -> Record:
    user = await users.by_id(tx, actor.user_id)
    return Record(name=actor.name) if user is None else await patients.record(tx, user)
