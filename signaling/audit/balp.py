"""Which pattern of IHE BALP (Basic Audit Log Patterns) a row follows. Pure.

A pattern wants to be told who did it, from where, and of which patient: a row that does not know
claims none.
"""

from dataclasses import dataclass
from typing import Literal

from signaling.audit import groups
from storage.audit.listing import Listed
from storage.words import AuditAction

Profile = Literal["IHE.BasicAudit.PatientRead", "IHE.BasicAudit.PrivacyDisclosure.Source"]
CANONICAL = "https://profiles.ihe.net/ITI/BALP/StructureDefinition"
PROFILES: dict[AuditAction, Profile] = {
    "patient.viewed": "IHE.BasicAudit.PatientRead",
    "recording.downloaded": "IHE.BasicAudit.PrivacyDisclosure.Source",
    "recording.export_downloaded": "IHE.BasicAudit.PrivacyDisclosure.Source",
    "recording.exported": "IHE.BasicAudit.PrivacyDisclosure.Source",
    "recording.played": "IHE.BasicAudit.PatientRead",
    "recording.still_taken": "IHE.BasicAudit.PrivacyDisclosure.Source",
    "recording.streamed": "IHE.BasicAudit.PatientRead",
    "recording.viewed": "IHE.BasicAudit.PatientRead",
}


@dataclass(frozen=True)
class Patient:
    """Whom a row is about."""

    id: str
    name: str | None


def patient(listed: Listed) -> Patient | None:
    """Of the call, or whose record it is."""
    if listed.call is not None:
        return Patient(listed.call.patient_id, listed.call.patient_name)
    event = listed.entry.event
    if event.action.startswith("patient.") and event.subject is not None:
        return Patient(event.subject.id, listed.person_name)
    return None


def profile(listed: Listed) -> Profile | None:
    """None: of FHIR's AuditEvent alone."""
    event = listed.entry.event
    told = event.actor_id and event.address and event.subject and patient(listed)
    done = groups.outcome(event.action) == "done"
    return PROFILES.get(event.action) if told and done else None
