"""/api/v1/telemedicine/patients: whom a provider can call."""

from signaling.identity.presence import Presence
from signaling.identity.resources import Patient, PatientList
from signaling.identity.scope import Scope
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from storage.database import Database

routes = Routes("patients")


@routes.get(f"{TELEMEDICINE}/patients", access="patients.list", counts="read")
async def list_patients(context: Context) -> PatientList:
    """Every patient whom the provider can call, by name, and whether they are online."""
    presence, scope = context.the(Presence), context.the(Scope)
    async with context.the(Database).reading() as tx:
        found = await scope.patients(tx, context.actor.user_id)
    return PatientList(
        patients=[
            Patient(
                user_id=summary.user.id,
                name=summary.user.name,
                birth_date=summary.birth_date,
                online=presence.is_online(summary.user.id),
                last_call_at=summary.last_call_at,
            )
            for summary in found
        ]
    )
