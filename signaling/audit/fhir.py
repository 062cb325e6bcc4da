"""Rows of the log as FHIR R4 AuditEvent resources, for systems that gather such events. Pure.

What kinds of events are called is DICOM's (PS3.16, CID 400 and 401), or that of the pattern of IHE
BALP that the event follows. Our own name of each event is a subtype, and its detail is that of the
entity, so that nothing of a row is lost but the browser.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from signaling.audit import balp, groups
from signaling.audit.groups import AuditGroup, AuditOutcome
from signaling.config import Config
from storage.audit import AuditEvent
from storage.audit.listing import Listed
from storage.words import AuditAction, PurposeOfUse

Json = dict[str, Any]
Verb = Literal["C", "R", "U", "D", "E"]
"""Create, read, update, delete, execute: any other act."""

HL7 = "http://terminology.hl7.org/CodeSystem"
FHIR = "http://hl7.org/fhir"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
ACTIONS = "urn:uuid:5d7c0f4e-62a1-4b0e-9a55-3f5a4de1c0b7"
"""The code system of our own names of events."""

COMES_FROM: Json = {"coding": [{"system": DICOM, "code": "110153", "display": "Source Role ID"}]}
GOES_TO: Json = {"coding": [{"system": DICOM, "code": "110152", "display": "Destination Role ID"}]}
READER: Json = {
    "coding": [
        {
            "system": f"{HL7}/v3-ParticipationType",
            "code": "IRCP",
            "display": "information recipient",
        }
    ]
}
EXPORT = "110106", "Export"
PATIENT_RECORD = "110110", "Patient Record"
TYPES: Mapping[AuditGroup, tuple[str, str]] = {
    "sign_in": ("110114", "User Authentication"),
    "people": ("110113", "Security Alert"),
    "guests": ("110113", "Security Alert"),
    "appointments": PATIENT_RECORD,
    "calls": PATIENT_RECORD,
    "clinical": PATIENT_RECORD,
    "consent": PATIENT_RECORD,
    "recording": PATIENT_RECORD,
    "access": PATIENT_RECORD,
    "keeping": PATIENT_RECORD,
    "keys": ("110113", "Security Alert"),
    "server": ("110100", "Application Activity"),
    "log": ("110101", "Audit Log Used"),
}
OTHER_TYPES: Mapping[AuditAction, tuple[str, str]] = {
    "access.denied": ("110113", "Security Alert"),
    "configuration.changed": ("110113", "Security Alert"),
    "guest.entered": ("110114", "User Authentication"),
    "guest.refused": ("110114", "User Authentication"),
    "patient.assigned": PATIENT_RECORD,
    "patient.changed": PATIENT_RECORD,
    "patient.unassigned": PATIENT_RECORD,
    "patient.viewed": PATIENT_RECORD,
    "recording.denied": ("110113", "Security Alert"),
    "recording.downloaded": EXPORT,
    "recording.export_downloaded": EXPORT,
    "recording.exported": EXPORT,
    "recording.still_taken": EXPORT,
}
SUBTYPES: Mapping[AuditAction, tuple[str, str]] = {
    "access.denied": ("110132", "Use of Restricted Function"),
    "configuration.changed": ("110129", "Security Configuration"),
    "guest.entered": ("110122", "Login"),
    "guest.refused": ("110122", "Login"),
    "recording.denied": ("110132", "Use of Restricted Function"),
    "server.started": ("110120", "Application Start"),
    "server.stopped": ("110121", "Application Stop"),
    "user.role_changed": ("110136", "Security Roles Changed"),
    "user.added": ("110137", "User Security Attributes Changed"),
    "user.changed": ("110137", "User Security Attributes Changed"),
    "user.disabled": ("110137", "User Security Attributes Changed"),
    "user.enabled": ("110137", "User Security Attributes Changed"),
    "user.password_changed": ("110137", "User Security Attributes Changed"),
    "user.sign_in_failed": ("110122", "Login"),
    "user.signed_in": ("110122", "Login"),
    "user.signed_out": ("110123", "Logout"),
}
VERBS: Mapping[AuditAction, Verb] = {
    "appointment.arrived": "U",
    "appointment.booked": "C",
    "appointment.cancelled": "U",
    "appointment.fulfilled": "U",
    "appointment.listed": "R",
    "appointment.missed": "U",
    "appointment.moved": "U",
    "appointment.restored": "U",
    "audit.expired": "D",
    "chat.file_read": "R",
    "chat.file_sent": "C",
    "chat.read": "R",
    "chat.written": "C",
    "clinical.erased": "D",
    "crisis.noted": "C",
    "crisis.read": "R",
    "guest.identity_confirmed": "U",
    "guest.link_made": "C",
    "guest.link_revoked": "U",
    "intake.received": "C",
    "intake.viewed": "R",
    "note.listed": "R",
    "note.read": "R",
    "note.written": "U",
    "place.read": "R",
    "place.said": "C",
    "feed.closed": "D",
    "feed.opened": "C",
    "feed.read": "R",
    "audit.exported": "R",
    "audit.read": "R",
    "consent.declined": "C",
    "consent.given": "C",
    "consent.withdrawn": "C",
    "patient.assigned": "U",
    "patient.changed": "U",
    "patient.unassigned": "U",
    "patient.viewed": "R",
    "recording.downloaded": "R",
    "recording.erased": "D",
    "recording.export_downloaded": "R",
    "recording.exported": "R",
    "recording.files_deleted": "D",
    "recording.hold_placed": "C",
    "recording.hold_released": "U",
    "recording.listed": "R",
    "recording.played": "R",
    "recording.started": "C",
    "recording.still_taken": "R",
    "recording.streamed": "R",
    "recording.viewed": "R",
    "user.added": "C",
    "user.changed": "U",
    "user.role_changed": "U",
}
OUTCOMES: Mapping[AuditOutcome, str] = {"done": "0", "refused": "4", "failed": "8"}


@dataclass(frozen=True)
class Source:
    """Whose log it is."""

    practice: str
    log: str
    """Its name; empty where nobody knows it."""

    server: str
    """The URL under which browsers reach it, or the machine's name."""

    @property
    def observer(self) -> Json:
        """Who says what it says."""
        return {"display": self.log or "carelay"}

    @property
    def network(self) -> Json:
        """Where it is: a URI or a machine's name."""
        return {"address": self.server, "type": "5" if "://" in self.server else "1"}


def source(config: Config, log: str | None) -> Source:
    """This server."""
    return Source(config.practice.name, log or "", config.server.public_url or socket.gethostname())


def resource(listed: Listed, source: Source) -> Json:
    """One AuditEvent."""
    event = listed.entry.event
    profile = balp.profile(listed)
    found: Json = {
        "resourceType": "AuditEvent",
        "id": f"row-{listed.entry.id}",
        "type": _type(event.action, profile),
        "subtype": _subtypes(event.action, profile),
        "action": VERBS.get(event.action, "E"),
        "recorded": event.at.isoformat(timespec="microseconds"),
        "outcome": OUTCOMES[groups.outcome(event.action)],
        "agent": _agents(event, source, profile),
        "source": {
            "site": source.practice,
            "observer": source.observer,
            "type": [_coding(f"{HL7}/security-source-type", "4", "Application Server")],
        },
        "entity": [*_patient(listed), _data(listed)],
    }
    if profile is not None:
        found["meta"] = {"profile": [f"{balp.CANONICAL}/{profile}"]}
    if groups.outcome(event.action) == "done" and (why := _purpose(event)):
        found["purposeOfEvent"] = [why]
    return found


def _type(action: AuditAction, profile: balp.Profile | None) -> Json:
    if profile == "IHE.BasicAudit.PatientRead":
        return _coding(f"{HL7}/audit-event-type", "rest", "RESTful Operation")
    return _coding(DICOM, *(OTHER_TYPES.get(action) or TYPES[groups.group(action)]))


def _subtypes(action: AuditAction, profile: balp.Profile | None) -> list[Json]:
    own = _coding(ACTIONS, action, action)
    match profile:
        case "IHE.BasicAudit.PatientRead":
            return [_coding(f"{FHIR}/restful-interaction", "read", "read"), own]
        case "IHE.BasicAudit.PrivacyDisclosure.Source":
            disclosed = "disclose", "Disclose Record Lifecycle Event"
            return [_coding(f"{HL7}/iso-21089-lifecycle", *disclosed), own]
        case None:
            return [_coding(DICOM, *SUBTYPES[action]), own] if action in SUBTYPES else [own]


def _purpose(event: AuditEvent) -> Json | None:
    """A code of HL7's PurposeOfUse and their own words, as far as they were told."""
    code, reason = (str(event.detail.get(name) or "").strip() for name in ("purpose", "reason"))
    coded: Json = {"coding": [{"system": f"{HL7}/v3-ActReason", "code": code}]}
    known = code in get_args(PurposeOfUse)
    return {**(coded if known else {}), **({"text": reason} if reason else {})} or None


def _agents(event: AuditEvent, source: Source, profile: balp.Profile | None) -> list[Json]:
    server: Json = {"who": source.observer, "requestor": False, "network": source.network}
    person = _person(event)
    network = {"network": {"address": event.address, "type": "2"}} if event.address else {}
    match profile:
        case "IHE.BasicAudit.PatientRead":
            page: Json = {"who": {"display": "Browser"}, "requestor": False, **network}
            return [
                {"type": READER, **person},
                {"type": GOES_TO, **page},
                {"type": COMES_FROM, **server},
            ]
        case "IHE.BasicAudit.PrivacyDisclosure.Source":
            return [{"type": GOES_TO, **person, **network}, {"type": COMES_FROM, **server}]
        case None:
            somebody = event.actor_id is not None or network
            asked = [{"type": COMES_FROM, **person, **network}] if somebody else []
            return [*asked, {"type": GOES_TO, **server}]


def _person(event: AuditEvent) -> Json:
    """Who did it; nothing of somebody unknown, who has only an address."""
    person: Json = {"requestor": True}
    if event.actor_id is not None:
        person["who"] = {"identifier": {"value": event.actor_id}}
        person["altId"] = event.actor_id
    if event.actor_name:
        person["name"] = event.actor_name
    if event.actor_role:
        person["role"] = [{"text": event.actor_role}]
    return person


def _patient(listed: Listed) -> list[Json]:
    patient = balp.patient(listed)
    if patient is None:
        return []
    named = {"display": patient.name} if patient.name else {}
    return [
        {
            "what": {"type": "Patient", "identifier": {"value": patient.id}, **named},
            "type": _coding(f"{HL7}/audit-entity-type", "1", "Person"),
            "role": _coding(f"{HL7}/object-role", "1", "Patient"),
        }
    ]


def _data(listed: Listed) -> Json:
    """What it is about, and all that the row tells of it."""
    event = listed.entry.event
    kind, subject = ("row", str(listed.entry.id))
    if event.subject is not None:
        kind, subject = event.subject.type, event.subject.id
    said = {
        **event.detail,
        "session_id": event.session_id,
        "recording_id": event.recording_id,
        "log_index": listed.index,
    }
    detail = [
        {"type": name, "valueString": _text(value)} for name, value in said.items() if _text(value)
    ]
    data: Json = {
        "what": {"identifier": {"value": subject}, "display": kind},
        "type": _coding(f"{HL7}/audit-entity-type", "2", "System Object"),
        "role": _coding(f"{HL7}/object-role", "4", "Domain Resource"),
    }
    return {**data, "detail": detail} if detail else data


def _text(value: str | int | bool | None) -> str:
    """FHIR has no empty strings."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value).strip()


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}
