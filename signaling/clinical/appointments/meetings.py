"""What calls know of the appointments that they are held for: their ids."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.appointments.appointments import event
from signaling.kernel.errors import Conflict, NotFound
from storage import audit
from storage.appointments import appointments


class Meetings:
    """The `Appointments` of calls/settings.py."""

    async def require(
        self, tx: AsyncSession, appointment_id: str, provider_id: str, patient_id: str
    ) -> None:
        """Raises NotFound unless it is of those two, Conflict if it was cancelled or missed."""
        found = await appointments.one(tx, appointment_id)
        row = found.appointment if found else None
        if row is None or (row.provider_id, row.patient_id) != (provider_id, patient_id):
            raise NotFound("unknown_appointment")
        if row.status in {"cancelled", "noshow"}:
            raise Conflict("appointment_settled", status=row.status)

    async def held(self, tx: AsyncSession, appointment_id: str, at: datetime) -> None:
        """The call for it was held, and is over."""
        found = await appointments.one(tx, appointment_id)
        if found is None or found.appointment.status != "booked":
            return
        found.appointment.status, found.appointment.updated_at = "fulfilled", at
        await audit.append(tx, event("appointment.fulfilled", at, None, found.appointment))
