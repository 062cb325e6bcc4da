"""/api/v1/telemedicine/patients: whom a provider can call."""

from signaling.api.endpoint import Context
from signaling.permissions import require
from signaling.resources import Patient, PatientList
from storage import users


async def list_patients(context: Context) -> PatientList:
    """Every patient whom the provider can call, by name, and whether they have a page open (providers)."""
    require(context.actor, "patients.list")
    services = context.services
    async with services.database.reading() as tx:
        found = await users.list_patients(tx, context.actor.user_id)
    return PatientList(
        patients=[
            Patient(
                user_id=summary.user.id,
                name=summary.user.name,
                online=services.hub.is_online(summary.user.id),
                last_call_at=summary.last_call_at,
            )
            for summary in found
            if services.demo or not summary.user.demo
        ]
    )
