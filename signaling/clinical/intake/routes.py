"""/api/v1/telemedicine/patients/{patient_id}/intake, and questionnaires as FHIR R4 under
/fhir/QuestionnaireResponse.
"""

from signaling.clinical.intake import fhir, pulling, reading, receiving
from signaling.clinical.intake.fhir import FhirQuestionnaireResponse
from signaling.clinical.intake.intakes import Intakes
from signaling.clinical.intake.resources import (
    GiveIntake,
    IntakeHistory,
    PulledIntake,
    ReceivedIntake,
)
from signaling.kernel.actor import Actor
from signaling.kernel.messages import UserId
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from signaling.kernel.words import IntakeSource

INTAKE = f"{TELEMEDICINE}/patients/{{patient_id}}/intake"
KEPT = ("clinical_text_unavailable", "clinical_text_damaged", "clinical_text_erased")
GIVEN = ("unknown_patient", "unknown_room", "unknown_appointment", "intake_time", "intake_changed")
routes = Routes("intake")


@routes.get(
    INTAKE,
    access="intake.read",
    counts="recording",
    errors=("unknown_patient", "invalid_cursor", "clinical_text_unavailable"),
    audit="intake.viewed",
)
async def list_intake(
    context: Context, patient_id: UserId, cursor: str | None = None
) -> IntakeHistory:
    """What a patient answered in questionnaires, and what it amounts to (providers, of the patients
    whom they may see, and patients their own).
    """
    return await reading.of_patient(
        context.the(Intakes),
        context.actor,
        patient_id,
        cursor,
        with_token=context.request.authorization is not None,
    )


@routes.post(
    INTAKE,
    access="intake.write",
    counts="change",
    errors=(*GIVEN, *KEPT),
    audit="intake.received",
)
async def add_intake(context: Context, patient_id: UserId, body: GiveIntake) -> ReceivedIntake:
    """Keep questionnaires that a patient answered at one time (administrators, one of which the
    host platform may be, and patients their own).
    """
    return await receiving.receive(
        context.the(Intakes), context.actor, patient_id, body, _source(context.actor)
    )


@routes.post(
    f"{INTAKE}/pull",
    access="intake.pull",
    counts="change",
    errors=("unknown_patient", "intake_not_pulled", "intake_unavailable", *KEPT),
    audit="intake.pulled",
)
async def pull_intake(context: Context, patient_id: UserId) -> PulledIntake:
    """Ask the host platform for a patient's questionnaires, with the bearer token of this request,
    and keep those that are new (providers).
    """
    return await pulling.pull(
        context.the(Intakes), context.actor, patient_id, context.request.authorization
    )


@routes.post(
    f"{TELEMEDICINE}/fhir/QuestionnaireResponse",
    access="intake.write",
    counts="change",
    errors=(*GIVEN, *KEPT, "fhir_questionnaire_response"),
    audit="intake.received",
)
async def create_fhir_questionnaire_response(
    context: Context, body: FhirQuestionnaireResponse
) -> ReceivedIntake:
    """The same, of one questionnaire as FHIR R4 writes it."""
    patient_id, given = fhir.intake(body)
    return await receiving.receive(
        context.the(Intakes), context.actor, patient_id, given, _source(context.actor)
    )


def _source(actor: Actor) -> IntakeSource:
    return "patient" if actor.role == "patient" else "platform"
