"""Appointments as their people see them. Pure."""

from signaling.clinical.appointments.resources import Appointment
from storage.appointments.appointments import NamedAppointment


def of(found: NamedAppointment, room_id: str | None = None) -> Appointment:
    """One of them."""
    row = found.appointment
    return Appointment(
        appointment_id=row.id,
        series_id=row.series_id,
        rule=found.series.rule if found.series else None,
        patient_id=row.patient_id,
        patient_name=found.patient_name,
        provider_id=row.provider_id,
        provider_name=found.provider_name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        status=row.status,
        topic=row.topic,
        room_id=room_id,
    )
