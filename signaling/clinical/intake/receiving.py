"""Questionnaires arrive: from the platform, the patient, or pulled for a provider."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.intake import views
from signaling.clinical.intake.intakes import Intakes
from signaling.clinical.intake.resources import GiveIntake, ReceivedIntake
from signaling.clinical.records import About, Record
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, Invalid, NotFound
from signaling.kernel.words import IntakeSource
from storage.appointments import appointments
from storage.audit import Detail
from storage.calls import telemedicine_sessions
from storage.clinical import intake_sessions
from storage.clinical.intake_sessions import KeyedIntake
from storage.clinical.sealing import Place
from storage.ids import new_id
from storage.models import IntakeResponse, IntakeSession

AHEAD = timedelta(days=1)
"""How far another system's clock may be ahead."""
EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)


async def receive(
    intakes: Intakes, actor: Actor, patient_id: str, given: GiveIntake, source: IntakeSource
) -> ReceivedIntake:
    """Keep them, once. Raises Invalid, NotFound; Conflict if something else was sent under the
    same id; Unavailable.
    """
    if not EARLIEST <= given.completed_at <= intakes.clock.now() + AHEAD:
        raise Invalid("intake_time")
    async with intakes.database.reading() as tx:
        await intakes.require_patient(tx, actor, patient_id)
        session_id = await _linked(tx, patient_id, given)
        there = await intake_sessions.by_external_id(tx, patient_id, given.external_id)
    if there is not None:
        return await _again(intakes, there, given)
    intake_id = new_id()
    record = await intakes.records.make(intake_id, About("intake", patient_id, session_id))
    now = intakes.clock.now()
    row = IntakeSession(
        id=intake_id,
        patient_id=patient_id,
        external_id=given.external_id,
        source=source,
        session_id=session_id,
        appointment_id=given.appointment_id,
        completed_at=given.completed_at,
        received_at=now,
        received_by=actor.user_id,
    )
    async with intakes.database.transaction() as tx:
        await intakes.require_patient(tx, actor, patient_id, lock=True)
        there = await intake_sessions.by_external_id(tx, patient_id, given.external_id)
        if there is None:
            await intake_sessions.add(tx, row, _sealed(record, given))
            detail: Detail = {
                "intake_id": intake_id,
                "source": source,
                "rows": len(given.responses),
            }
            await intakes.note(tx, "intake.received", actor, patient_id, detail)
    if there is not None:  # somebody sent the same at the same time
        return await _again(intakes, there, given)
    return _received(intake_id, given, added=True)


async def _linked(tx: AsyncSession, patient_id: str, given: GiveIntake) -> str | None:
    """The call that is named, which has to be the patient's, as has the appointment."""
    if given.appointment_id is not None:
        found = await appointments.one(tx, given.appointment_id)
        if found is None or found.appointment.patient_id != patient_id:
            raise NotFound("unknown_appointment")
    if given.room_id is None:
        return None
    call = await telemedicine_sessions.by_room(tx, given.room_id)
    if call is None or call.session.patient_id != patient_id:
        raise NotFound("unknown_room")
    return call.session.id


def _sealed(record: Record, given: GiveIntake) -> list[IntakeResponse]:
    sealed = []
    for position, response in enumerate(given.responses):
        row_id = new_id()
        text = msgspec.json.encode(response).decode()
        sealed.append(
            IntakeResponse(
                id=row_id,
                intake_id=record.id,
                position=position,
                sealed=record.seal(Place("intake_responses", row_id), text),
            )
        )
    return sealed


async def _again(intakes: Intakes, there: KeyedIntake, given: GiveIntake) -> ReceivedIntake:
    """The same as before; raises Conflict if it is not, or was erased meanwhile."""
    record = await intakes.records.opened(there.key)
    async with intakes.database.reading() as tx:
        rows = (await intake_sessions.responses(tx, [record.id]))[record.id]
    before = [record.unseal(Place("intake_responses", row.id), row.sealed) for row in rows]
    now = [msgspec.json.encode(response).decode() for response in given.responses]
    if before != now or there.intake.completed_at != given.completed_at:
        raise Conflict("intake_changed", external_id=given.external_id)
    return _received(record.id, given, added=False)


def _received(intake_id: str, given: GiveIntake, *, added: bool) -> ReceivedIntake:
    return ReceivedIntake(
        intake_id=intake_id,
        added=added,
        responses=[views.received(response) for response in given.responses],
    )
