"""Appointments as FHIR R4 resources, for systems of the practice that speak them. Pure.

FHIR R4 has no recurrence: each appointment of a series is a resource, and the identifier of the
series is one that all of them have. Its time zone is an extension of the start, as HL7 defines it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date as Day  # noqa: N812 - a field is called that
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from signaling.clinical.appointments.resources import Appointment, BookAppointment
from signaling.kernel.errors import Invalid
from storage.appointments.appointments import PAGE_SIZE

Json = dict[str, Any]
MEDIA_TYPE = "application/fhir+json"
TIME_ZONE = "http://hl7.org/fhir/StructureDefinition/tz-code"
URI = "urn:ietf:rfc:3986"
Actor = Literal["Patient", "Practitioner"]


class FhirSearch(Struct, kw_only=True, frozen=True):
    """GET fhir/Appointment."""

    date: Day
    """In UTC."""
    count: Annotated[int, Meta(ge=1)] = field(default=PAGE_SIZE, name="_count")
    """How many are enough for a page, which has no more than it has without that."""
    cursor: str | None = None
    """Of a link to another page."""


class FhirIdentifier(Struct):
    """Identifier, as far as it is read."""

    value: str | None = None


class FhirReference(Struct):
    """Reference: `Patient/…`, or a type and an identifier."""

    reference: str | None = None
    type: str | None = None
    identifier: FhirIdentifier | None = None


class FhirParticipant(Struct):
    """Appointment.participant, as far as it is read."""

    actor: FhirReference | None = None


class FhirExtension(Struct, rename="camel"):
    """Extension, as far as it is read."""

    url: str
    value_code: str | None = None


class FhirElement(Struct):
    """What stands beside a primitive value."""

    extension: list[FhirExtension] = field(default_factory=list)


class FhirAppointment(Struct, rename="camel"):
    """An Appointment of FHIR R4, as far as it is read; what changes its meaning is refused."""

    resource_type: Literal["Appointment"]
    status: str
    start: datetime | None = None
    end: datetime | None = None
    participant: list[FhirParticipant] = field(default_factory=list)
    description: str | None = None
    start_element: FhirElement | None = field(default=None, name="_start")
    modifier_extension: list[Any] = field(default_factory=list)
    implicit_rules: str | None = None


def resource(one: Appointment) -> Json:
    """One Appointment."""
    found: Json = {
        "resourceType": "Appointment",
        "id": one.appointment_id,
        "status": one.status,
        "start": _instant(one.starts_at),
        "_start": {"extension": [{"url": TIME_ZONE, "valueCode": one.time_zone}]},
        "end": _instant(one.ends_at),
        "minutesDuration": minutes(one.starts_at, one.ends_at),
        "participant": [
            _participant("Patient", one.patient_id, one.patient_name),
            _participant("Practitioner", one.provider_id, one.provider_name),
        ],
    }
    if one.series_id:
        found["identifier"] = [{"system": URI, "value": f"urn:uuid:{one.series_id}"}]
    if one.topic:
        found["description"] = one.topic
    return found


def bundle(found: Sequence[Appointment], links: Mapping[str, str]) -> Json:
    """A page of what a search has found, with where it is and the next one follows; how many there
    are in all, only where this page tells.
    """
    entries = [{"resource": resource(one), "search": {"mode": "match"}} for one in found]
    named = {"entry": entries} if entries else {}  # FHIR has no empty lists
    total = {} if links.keys() & {"first", "next"} else {"total": len(found)}
    link = [{"relation": relation, "url": url} for relation, url in links.items()]
    return {"resourceType": "Bundle", "type": "searchset", **total, "link": link, **named}


def encode(value: Json) -> bytes:
    """As it is sent."""
    return json.dumps(value, ensure_ascii=False).encode()


def booking(asked: FhirAppointment) -> BookAppointment:
    """What it asks for. Raises Invalid."""
    starts_at, ends_at = times(asked)
    patient_id = _actor(asked, "Patient")
    if patient_id is None:
        raise Invalid("fhir_appointment", reason="patient")
    if asked.status != "booked":
        raise Invalid("fhir_appointment", reason="status")
    return BookAppointment(
        patient_id=patient_id,
        provider_id=_actor(asked, "Practitioner"),
        starts_at=starts_at,
        minutes=minutes(starts_at, ends_at),
        time_zone=_time_zone(asked),
        topic=asked.description,
    )


def times(asked: FhirAppointment) -> tuple[datetime, datetime]:
    """Start and end. Raises Invalid, also for what would change the meaning of all."""
    if asked.modifier_extension or asked.implicit_rules:
        raise Invalid("fhir_appointment", reason="modified")
    starts_at, ends_at = asked.start, asked.end
    if starts_at is None or ends_at is None or not starts_at.tzinfo or not ends_at.tzinfo:
        raise Invalid("fhir_appointment", reason="times")
    if not 5 <= minutes(starts_at, ends_at) <= 480:
        raise Invalid("fhir_appointment", reason="times")
    return starts_at, ends_at


def minutes(starts_at: datetime, ends_at: datetime) -> int:
    """How long it takes."""
    return round((ends_at - starts_at).total_seconds() / 60)


def _participant(kind: Actor, user_id: str, name: str) -> Json:
    return {
        "actor": {"type": kind, "identifier": {"value": user_id}, "display": name},
        "required": "required",
        "status": "accepted",
    }


def _actor(asked: FhirAppointment, kind: Actor) -> str | None:
    for participant in asked.participant:
        actor = participant.actor
        if actor and actor.reference and actor.reference.startswith(f"{kind}/"):
            return actor.reference.removeprefix(f"{kind}/")
        if actor and actor.type == kind and actor.identifier:
            return actor.identifier.value
    return None


def _time_zone(asked: FhirAppointment) -> str:
    said = asked.start_element.extension if asked.start_element else []
    return next((one.value_code for one in said if one.url == TIME_ZONE and one.value_code), "UTC")


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
