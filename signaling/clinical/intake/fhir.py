"""Questionnaires as FHIR R4 QuestionnaireResponse. Pure.

R4 has no code on its items: LOINC codes are link ids, as LHC-Forms and US Core write them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from signaling.clinical.intake.resources import GiveIntake, GivenAnswer, GivenResponse
from signaling.kernel.errors import Invalid

SCORES = (
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
)
DONE = {"completed", "amended"}


class FhirIdentifier(Struct):
    """Identifier, as far as it is read."""

    value: str | None = None


class FhirReference(Struct):
    """Reference: `Patient/…`, or an identifier."""

    reference: str | None = None
    identifier: FhirIdentifier | None = None


class FhirExtension(Struct, rename="camel"):
    """Extension, as far as it is read."""

    url: str
    value_decimal: float | None = None


class FhirCoding(Struct):
    """Coding, and the number that its answer stands for, if it says so."""

    code: str | None = None
    display: str | None = None
    extension: list[FhirExtension] = field(default_factory=list)


class FhirQuantity(Struct):
    """Quantity, as far as it is read."""

    value: float | None = None
    unit: str | None = None


class FhirAnswer(Struct, rename="camel"):
    """QuestionnaireResponse.item.answer, without files and references."""

    value_boolean: bool | None = None
    value_decimal: float | None = None
    value_integer: int | None = None
    value_date: str | None = None
    value_date_time: str | None = None
    value_time: str | None = None
    value_string: str | None = None
    value_uri: str | None = None
    value_coding: FhirCoding | None = None
    value_quantity: FhirQuantity | None = None
    value_attachment: Any = None
    value_reference: Any = None
    item: list["FhirItem"] = field(default_factory=list)


class FhirItem(Struct, rename="camel"):
    """QuestionnaireResponse.item"""

    link_id: str
    text: str | None = None
    answer: list[FhirAnswer] = field(default_factory=list)
    item: list["FhirItem"] = field(default_factory=list)


class FhirQuestionnaireResponse(Struct, rename="camel"):
    """A QuestionnaireResponse of FHIR R4, as far as it is read; what changes its meaning is
    refused.
    """

    resource_type: Literal["QuestionnaireResponse"]
    status: str
    id: str | None = None
    identifier: FhirIdentifier | None = None
    questionnaire: str | None = None
    subject: FhirReference | None = None
    encounter: FhirReference | None = None
    """The call that it was answered for, by its room: `Encounter/{room_id}`."""
    authored: datetime | None = None
    item: list[FhirItem] = field(default_factory=list)
    modifier_extension: list[Any] = field(default_factory=list)
    implicit_rules: str | None = None


def intake(asked: FhirQuestionnaireResponse) -> tuple[str, GiveIntake]:
    """Whose it is, and what it says. Raises Invalid."""
    if asked.modifier_extension or asked.implicit_rules:
        raise Invalid("fhir_questionnaire_response", reason="modified")
    if asked.status not in DONE:
        raise Invalid("fhir_questionnaire_response", reason="status")
    if asked.authored is None or asked.authored.tzinfo is None:
        raise Invalid("fhir_questionnaire_response", reason="authored")
    patient_id = _id(asked.subject, "Patient")
    if not patient_id:
        raise Invalid("fhir_questionnaire_response", reason="patient")
    external_id = (asked.identifier.value if asked.identifier else None) or asked.id
    if not external_id:
        raise Invalid("fhir_questionnaire_response", reason="identifier")
    answers = list(_answers(asked.item))
    given = GiveIntake(
        external_id=external_id,
        completed_at=asked.authored,
        responses=[GivenResponse(questionnaire=asked.questionnaire or "?", answers=answers)],
        room_id=_id(asked.encounter, "Encounter"),
    )
    try:
        msgspec.convert(msgspec.to_builtins(given), GiveIntake)
    except msgspec.ValidationError:
        raise Invalid("fhir_questionnaire_response", reason="values") from None
    return patient_id, given


def _answers(items: list[FhirItem]) -> Iterator[GivenAnswer]:
    """In their order, however deep they are."""
    waiting = items[::-1]
    while waiting:
        item = waiting.pop()
        below = list(item.item)
        for answer in item.answer:
            below += answer.item
            value, words = _value(answer, item.link_id)
            if value is not None:
                yield GivenAnswer(item=item.link_id, value=value, question=item.text, words=words)
        waiting += below[::-1]


def _value(answer: FhirAnswer, link_id: str) -> tuple[bool | int | float | str | None, str | None]:
    """The value, and its words."""
    if answer.value_attachment is not None or answer.value_reference is not None:
        raise Invalid("fhir_questionnaire_response", reason="answer", item=link_id)
    if coding := answer.value_coding:
        scores = [one.value_decimal for one in coding.extension if one.url in SCORES]
        score = next((one for one in scores if one is not None), None)
        return (coding.code or coding.display if score is None else score), coding.display
    if quantity := answer.value_quantity:
        return quantity.value, quantity.unit
    plain = (
        answer.value_boolean,
        answer.value_integer,
        answer.value_decimal,
        answer.value_string,
        answer.value_date,
        answer.value_date_time,
        answer.value_time,
        answer.value_uri,
    )
    return next((one for one in plain if one is not None), None), None


def _id(reference: FhirReference | None, kind: str) -> str | None:
    if reference is None:
        return None
    if reference.reference and reference.reference.startswith(f"{kind}/"):
        return reference.reference.removeprefix(f"{kind}/")
    return reference.identifier.value if reference.identifier else None
