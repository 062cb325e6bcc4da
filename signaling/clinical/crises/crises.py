"""What was done in the crises of a call: kept in its time with the visit, for the provider whose
call it is.

That there is a crisis, who took it on and that it is over is known to everybody in the call, and is
written by `signaling/calls`. What the provider writes down is sealed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast, get_args

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical import visits
from signaling.clinical.crises.resources import (
    Coming,
    Crisis,
    CrisisContact,
    CrisisEvent,
    NoteCrisis,
)
from signaling.clinical.records import About, Record, Records
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.company import Company
from signaling.kernel.errors import Conflict, Damaged, Invalid, NotFound, Unavailable
from signaling.kernel.repeats import Repeats
from signaling.kernel.words import CrisisStep, EndReason
from storage.calls import telemedicine_sessions
from storage.calls.telemedicine_sessions import NamedSession
from storage.clinical import clinical_keys, crises
from storage.clinical.crises import Named
from storage.clinical.sealing import Place
from storage.database import Database
from storage.ids import new_id
from storage.models import CallParticipant, CrisisEntryRow
from storage.people import patients, users
from storage.words import AuditAction

TABLE = "crisis_entries"
MOST = 500
"""Lines that can be written down of one call. How often alarms are raised is limited in time, and
takes none of them away.
"""
STEPS: tuple[CrisisStep, ...] = get_args(CrisisStep)


class Written(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is sealed of an entry."""

    step: CrisisStep | None = None
    text: str | None = None


class Crises:
    """To whoever is not the provider of the call, each method but `erase` raises NotFound."""

    def __init__(
        self,
        database: Database,
        records: Records,
        company: Company,
        repeats: Repeats,
        clock: Clock,
    ) -> None:
        self._database = database
        self._records = records
        self._company = company
        self._repeats = repeats
        self._clock = clock

    async def of_call(self, actor: Actor, room_id: str) -> Crisis:
        """In the log before it is handed out. While no key can be had, without what was written
        down: who is to be rung is needed now.
        """
        async with self._database.reading() as tx:
            session = await visits.of_provider(tx, actor, room_id)
            named = await telemedicine_sessions.by_room(tx, room_id)
            assert named is not None  # noqa: S101  it was just found
            [found] = await telemedicine_sessions.with_guests(tx, [named])
            rows = await crises.of_call(tx, session.id)
            contact = await _contact(tx, session.patient_id)
        await self._note("crisis.read", actor, session.id)
        written = await self._written(session.id, rows)
        return Crisis(
            stands=self._company.in_crisis(room_id),
            contact=contact,
            steps=[*STEPS],
            done=_done(rows, written),
            events=_events(found, rows, written),
        )

    async def add(self, actor: Actor, room_id: str, said: NoteCrisis) -> None:
        """Raises Invalid, Conflict once it was erased."""
        if (said.step is None) != (said.kind == "noted"):
            raise Invalid("invalid_crisis_entry", reason="step")
        text = (said.text or "").strip()
        if bool(text) != (said.kind == "noted"):
            raise Invalid("invalid_crisis_entry", reason="text")
        async with self._database.reading() as tx:
            session = await visits.of_provider(tx, actor, room_id)
            if await crises.count_written(tx, session.id) >= MOST:
                raise Invalid("invalid_crisis_entry", reason="many")
        about = About("crisis", patient_id=session.patient_id, session_id=session.id)
        record = await self._records.make(_record_id(session.id), about)
        row = CrisisEntryRow(
            id=new_id(),
            session_id=session.id,
            kind=said.kind,
            at=self._clock.now(),
            by_id=actor.user_id,
        )
        what = msgspec.json.encode(Written(step=said.step, text=text or None)).decode()
        row.sealed = record.seal(Place(TABLE, row.id), what)
        event = entry("crisis.noted", self._clock.now(), actor, session_id=session.id)
        async with self._database.transaction() as tx:
            key = await clinical_keys.for_change(tx, record.id)
            if key is None or key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            await crises.add(tx, row)
            await self._repeats.append(event, f"{actor.user_id} {session.id}", tx=tx)

    async def erase(self, actor: Actor, room_id: str, reason: str) -> None:
        """Nobody reads what was written down; when it was stays. Raises NotFound."""
        await self._records.require_erasable()
        async with self._database.transaction() as tx:
            session = await visits.find(tx, room_id)
            key = await clinical_keys.for_change(tx, _record_id(session.id)) if session else None
            if key is None:
                raise NotFound("unknown_crisis")
            if key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            tombstone = await self._records.erase(tx, key, actor, reason)
        await self._records.note_erased(tombstone)

    async def _written(self, session_id: str, rows: Iterable[Named]) -> dict[str, Written]:
        """What was written down, by entry, without what was erased, is damaged or cannot be
        opened at present.
        """
        sealed = [(row, row.sealed) for row, _ in rows if row.sealed is not None]
        try:
            record = await self._records.find(_record_id(session_id)) if sealed else None
        except (Conflict, Unavailable):
            return {}
        if record is None:
            return {}
        found = {row.id: _opened(record, row, text) for row, text in sealed}
        return {key: written for key, written in found.items() if written is not None}

    async def _note(self, action: AuditAction, actor: Actor, session_id: str) -> None:
        event = entry(action, self._clock.now(), actor, session_id=session_id)
        await self._repeats.append(event, f"{actor.user_id} {session_id}")


def _record_id(session_id: str) -> str:
    return f"crisis-{session_id}"


def _opened(record: Record, row: CrisisEntryRow, sealed: bytes) -> Written | None:
    try:
        return msgspec.json.decode(record.unseal(Place(TABLE, row.id), sealed), type=Written)
    except (Damaged, msgspec.DecodeError):
        return None


async def _contact(tx: AsyncSession, patient_id: str) -> CrisisContact | None:
    user = await users.by_id(tx, patient_id)
    contact = (await patients.record(tx, user)).contact if user else None
    if contact is None:
        return None
    return CrisisContact(name=contact.name, phone=contact.phone, relationship=contact.relationship)


def _done(rows: Iterable[Named], written: dict[str, Written]) -> list[CrisisStep]:
    done = set[CrisisStep]()
    for row, _ in rows:
        step = written[row.id].step if row.id in written else None
        if step is not None and row.kind == "ticked":
            done.add(step)
        elif step is not None:
            done.discard(step)
    return [step for step in STEPS if step in done]


def _events(
    call: NamedSession, rows: Sequence[Named], written: dict[str, Written]
) -> list[CrisisEvent]:
    """In their time, with who was rung into the call since the first, and how the call ended; of a
    call that was ended for safety, also if nothing else is known.
    """
    session = call.session
    begun = rows[0][0].at if rows else session.ended_at
    if begun is None or (not rows and session.end_reason != "disconnected"):
        return []
    events = [
        CrisisEvent(
            at=row.at,
            kind=row.kind,
            by_name=name,
            step=written[row.id].step if row.id in written else None,
            text=written[row.id].text if row.id in written else None,
            readable=row.sealed is None or row.id in written,
        )
        for row, name in rows
    ]
    for guest in call.guests:
        if guest.invited_at >= begun:
            events += _of_guest(guest)
    if session.ended_at and session.ended_at >= begun:
        names = {"patient": call.patient_name, "provider": call.provider_name}
        reason = cast("EndReason | None", session.end_reason)  # written by the state machine only
        by_name = names.get(session.ended_by or "")
        events.append(
            CrisisEvent(at=session.ended_at, kind="ended", by_name=by_name, reason=reason)
        )
    return sorted(events, key=lambda event: event.at)


def _of_guest(guest: CallParticipant) -> list[CrisisEvent]:
    """Who was rung into the call, and came and went."""
    was_there = guest.joined_at is not None and guest.left_reason != "call_ended"
    happened: tuple[tuple[Coming, datetime | None], ...] = (
        ("invited", guest.invited_at),
        ("joined", guest.joined_at),
        ("left", guest.left_at if was_there else None),
    )
    return [
        CrisisEvent(at=at, kind=kind, by_name=guest.name, side=guest.side)
        for kind, at in happened
        if at is not None
    ]
