"""/api/v1/telemedicine/patients/{patient_id} and /providers/{provider_id}: what is on record of a
patient, and who cares for them.
"""

from signaling.kernel.messages import UserId
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from signaling.people.care import Care
from signaling.people.patients import Patients
from signaling.people.resources import CareTeam, PatientRecord, Provider, PutPatient, PutProvider

PATIENTS = f"{TELEMEDICINE}/patients"
routes = Routes("patients")


@routes.post(
    PATIENTS,
    access="patient.write",
    counts="change",
    errors=("invalid_person",),
    audit="patient.changed",
)
async def add_patient(context: Context, body: PutPatient) -> PatientRecord:
    """Add a patient, by an id of this server's own (providers and administrators)."""
    return await context.the(Patients).add(context.actor, body)


@routes.get(
    f"{PATIENTS}/{{patient_id}}",
    access="patient.read",
    counts="recording",
    errors=("unknown_patient",),
    audit="patient.viewed",
)
async def get_patient(context: Context, patient_id: UserId) -> PatientRecord:
    """What is on record of a patient (providers, of those whom they know, and administrators)."""
    return await context.the(Patients).read(context.actor, patient_id)


@routes.put(
    f"{PATIENTS}/{{patient_id}}",
    access="patient.write",
    counts="change",
    errors=("unknown_patient", "invalid_person", "id_taken"),
    audit="patient.changed",
)
async def put_patient(context: Context, patient_id: UserId, body: PutPatient) -> PatientRecord:
    """Put a patient's whole record in place of what there is. An administrator, which the host
    platform may be, adds the patient whom the platform calls that, if there is none yet.
    """
    return await context.the(Patients).put(context.actor, patient_id, body)


@routes.get(
    f"{PATIENTS}/{{patient_id}}/providers",
    access="patient.assign",
    counts="read",
    errors=("unknown_patient",),
)
async def list_providers_of(context: Context, patient_id: UserId) -> CareTeam:
    """Who cares for a patient (administrators)."""
    return await context.the(Care).team(context.actor, patient_id)


@routes.put(
    f"{PATIENTS}/{{patient_id}}/providers/{{provider_id}}",
    access="patient.assign",
    counts="change",
    errors=("unknown_patient", "unknown_provider"),
    audit="patient.assigned",
)
async def assign_provider(context: Context, patient_id: UserId, provider_id: UserId) -> CareTeam:
    """A provider cares for a patient from now on (administrators)."""
    return await context.the(Care).relate(context.actor, patient_id, provider_id)


@routes.delete(
    f"{PATIENTS}/{{patient_id}}/providers/{{provider_id}}",
    access="patient.assign",
    counts="change",
    errors=("unknown_patient",),
    audit="patient.unassigned",
)
async def unassign_provider(context: Context, patient_id: UserId, provider_id: UserId) -> CareTeam:
    """A provider no longer cares for a patient (administrators)."""
    return await context.the(Care).end(context.actor, patient_id, provider_id)


@routes.put(
    f"{TELEMEDICINE}/providers/{{provider_id}}",
    access="account.write",
    counts="change",
    errors=("unknown_provider", "invalid_person", "id_taken"),
    audit="user.added",
)
async def put_provider(context: Context, provider_id: UserId, body: PutProvider) -> Provider:
    """Put a provider of the host platform, before they have signed in or after (administrators, one
    of which the platform may be).
    """
    return await context.the(Care).put_provider(context.actor, provider_id, body)
