"""Questionnaires that the host platform has, pulled with the reader's own token."""

from typing import Any

import msgspec

from signaling.clinical.intake import fhir, receiving
from signaling.clinical.intake.fhir import FhirQuestionnaireResponse
from signaling.clinical.intake.intakes import Intakes
from signaling.clinical.intake.resources import GiveIntake, PulledIntake, RefusedIntake
from signaling.kernel.actor import Actor
from signaling.kernel.errors import (
    Conflict,
    Damaged,
    DomainError,
    Invalid,
    NotFound,
    Unavailable,
)

MOST = 200
"""Of one answer."""
UNREADABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""What reading raises, whatever a platform sends."""


class _Named(msgspec.Struct):
    """As much of what is refused as the refusal repeats."""

    external_id: str | None = None
    id: str | None = None


class _Entry(msgspec.Struct):
    resource: msgspec.Raw


class _Answer(msgspec.Struct, rename="camel"):
    """Either a list of ours, or a Bundle of FHIR."""

    intakes: list[msgspec.Raw] = msgspec.field(default_factory=list)
    resource_type: str | None = None
    entry: list[_Entry] = msgspec.field(default_factory=list)


async def pull(
    intakes: Intakes, actor: Actor, patient_id: str, authorization: str | None
) -> PulledIntake:
    """Keep what is new. What cannot be taken is told, and keeps nothing else from being taken.

    Raises NotFound; Conflict where there is nobody to ask, or no token to ask with; Unavailable.
    """
    async with intakes.database.transaction() as tx:
        await intakes.require_patient(tx, actor, patient_id)
        if intakes.platform is None:
            raise Conflict("intake_not_pulled", reason="not_configured")
        if authorization is None:
            raise Conflict("intake_not_pulled", reason="no_token")
        await intakes.note(tx, "intake.pulled", actor, patient_id, {})
    told = PulledIntake(added=0, known=0, refused=[])
    for number, raw in enumerate(_entries(await intakes.platform.ask(patient_id, authorization))):
        try:
            given = _given(raw, patient_id)
            received = await receiving.receive(intakes, actor, patient_id, given, "pulled")
        except (Invalid, NotFound, Conflict, Damaged, Unavailable) as error:
            if isinstance(error, Unavailable) and error.reason != "key_missing":
                raise  # that is nothing about this one
            told.refused.append(_refused(raw, number, error))
            continue
        told.added += received.added
        told.known += not received.added
    return told


def _entries(body: bytes) -> list[msgspec.Raw]:
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except UNREADABLE:
        raise Unavailable("intake_unavailable", reason="unreadable") from None
    found = [*answer.intakes, *(entry.resource for entry in answer.entry)]
    if len(found) > MOST:
        raise Unavailable("intake_unavailable", reason="too_many", limit=MOST)
    return found


def _given(raw: msgspec.Raw, patient_id: str) -> GiveIntake:
    """Raises Invalid."""
    try:
        if "resourceType" not in msgspec.json.decode(raw, type=dict[str, Any]):
            return msgspec.json.decode(raw, type=GiveIntake)
        resource = msgspec.json.decode(raw, type=FhirQuestionnaireResponse)
    except UNREADABLE as error:
        problem, _, path = str(error).replace("`", "'").partition(" - at ")
        field = path.strip("'").removeprefix("$.") or "?"
        raise Invalid("invalid_body", reason="field", field=field, problem=problem) from None
    asked, given = fhir.intake(resource)
    if asked != patient_id:
        raise Invalid("fhir_questionnaire_response", reason="other_patient")
    return given


def _refused(raw: msgspec.Raw, number: int, error: DomainError) -> RefusedIntake:
    """By the name that it has, if it has any."""
    try:
        found = msgspec.json.decode(raw, type=_Named)
    except UNREADABLE:
        found = _Named()
    name = found.external_id or found.id or f"#{number + 1}"
    return RefusedIntake(external_id=name[:128], code=error.code, reason=error.reason)
