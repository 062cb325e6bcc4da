"""Rows of the log as FHIR R4 AuditEvent resources, for systems that gather such events. Pure.

What kinds of events are called is DICOM's (PS3.16, CID 400 and 401); agents, the patient and the
data are as in the patterns of IHE BALP. Our own name of each event is a subtype, and its detail is
that of the entity, so that nothing of a row is lost but the browser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from signaling.audit import groups
from signaling.audit.groups import AuditGroup, AuditOutcome
from storage.audit.listing import Listed
from storage.words import AuditAction

Json = dict[str, Any]
Verb = Literal["C", "R", "U", "D", "E"]
"""Create, read, update, delete, execute: any other act."""

HL7 = "http://terminology.hl7.org/CodeSystem"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
ACTIONS = "urn:uuid:5d7c0f4e-62a1-4b0e-9a55-3f5a4de1c0b7"
"""The code system of our own names of events."""

TYPES: Mapping[AuditGroup, tuple[str, str]] = {
    "sign_in": ("110114", "User Authentication"),
    "people": ("110113", "Security Alert"),
    "calls": ("110110", "Patient Record"),
    "consent": ("110110", "Patient Record"),
    "recording": ("110110", "Patient Record"),
    "access": ("110110", "Patient Record"),
    "keeping": ("110110", "Patient Record"),
    "keys": ("110113", "Security Alert"),
    "server": ("110100", "Application Activity"),
    "log": ("110101", "Audit Log Used"),
}
EXPORT = "110106", "Export"
OTHER_TYPES: Mapping[AuditAction, tuple[str, str]] = {
    "access.denied": ("110113", "Security Alert"),
    "configuration.changed": ("110113", "Security Alert"),
    "recording.denied": ("110113", "Security Alert"),
    "recording.downloaded": EXPORT,
    "recording.exported": EXPORT,
}
SUBTYPES: Mapping[AuditAction, tuple[str, str]] = {
    "access.denied": ("110132", "Use of Restricted Function"),
    "configuration.changed": ("110129", "Security Configuration"),
    "recording.denied": ("110132", "Use of Restricted Function"),
    "server.started": ("110120", "Application Start"),
    "server.stopped": ("110121", "Application Stop"),
    "user.role_changed": ("110136", "Security Roles Changed"),
    "user.added": ("110137", "User Security Attributes Changed"),
    "user.disabled": ("110137", "User Security Attributes Changed"),
    "user.enabled": ("110137", "User Security Attributes Changed"),
    "user.password_changed": ("110137", "User Security Attributes Changed"),
    "user.sign_in_failed": ("110122", "Login"),
    "user.signed_in": ("110122", "Login"),
    "user.signed_out": ("110123", "Logout"),
}
VERBS: Mapping[AuditAction, Verb] = {
    "audit.exported": "R",
    "audit.read": "R",
    "consent.declined": "C",
    "consent.given": "C",
    "consent.withdrawn": "C",
    "recording.downloaded": "R",
    "recording.erased": "D",
    "recording.exported": "R",
    "recording.files_deleted": "D",
    "recording.hold_placed": "C",
    "recording.hold_released": "U",
    "recording.listed": "R",
    "recording.played": "R",
    "recording.started": "C",
    "recording.streamed": "R",
    "recording.viewed": "R",
    "user.added": "C",
    "user.role_changed": "U",
}
OUTCOMES: Mapping[AuditOutcome, str] = {"done": "0", "refused": "4", "failed": "8"}


@dataclass(frozen=True)
class Source:
    """Whose log it is."""

    practice: str
    log: str
    """Its name; empty where nobody knows it."""

    @property
    def observer(self) -> str:
        """Who says what it says."""
        return self.log or "carelay"


def resource(listed: Listed, source: Source) -> Json:
    """One AuditEvent."""
    event = listed.entry.event
    code, display = OTHER_TYPES.get(event.action) or TYPES[groups.group(event.action)]
    reason = event.detail.get("reason")
    found: Json = {
        "resourceType": "AuditEvent",
        "id": f"row-{listed.entry.id}",
        "type": _coding(DICOM, code, display),
        "subtype": _subtypes(event.action),
        "action": VERBS.get(event.action, "E"),
        "recorded": event.at.isoformat(timespec="microseconds"),
        "outcome": OUTCOMES[groups.outcome(event.action)],
        "agent": [*_people(listed), _server(source)],
        "source": {
            "site": source.practice,
            "observer": {"display": source.observer},
            "type": [_coding(f"{HL7}/security-source-type", "4", "Application Server")],
        },
        "entity": [*_patient(listed), _data(listed)],
    }
    if isinstance(reason, str) and reason.strip() and groups.outcome(event.action) == "done":
        found["purposeOfEvent"] = [{"text": reason}]
    return found


def _subtypes(action: AuditAction) -> list[Json]:
    own = _coding(ACTIONS, action, action)
    return [_coding(DICOM, *SUBTYPES[action]), own] if action in SUBTYPES else [own]


def _people(listed: Listed) -> list[Json]:
    """Who did it; somebody unknown, where there is only an address."""
    event = listed.entry.event
    if event.actor_id is None and event.address is None:
        return []
    agent: Json = {
        "type": {"coding": [_coding(DICOM, "110153", "Source Role ID")]},
        "requestor": True,
    }
    if event.actor_id is not None:
        agent["who"] = {"identifier": {"value": event.actor_id}}
        agent["altId"] = event.actor_id
    if event.actor_name:
        agent["name"] = event.actor_name
    if event.actor_role:
        agent["role"] = [{"text": event.actor_role}]
    if event.address:
        agent["network"] = {"address": event.address, "type": "2"}
    return [agent]


def _server(source: Source) -> Json:
    return {
        "type": {"coding": [_coding(DICOM, "110152", "Destination Role ID")]},
        "who": {"display": source.observer},
        "requestor": False,
    }


def _patient(listed: Listed) -> list[Json]:
    if listed.call is None:
        return []
    return [
        {
            "what": {
                "type": "Patient",
                "identifier": {"value": listed.call.patient_id},
                "display": listed.call.patient_name,
            },
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
