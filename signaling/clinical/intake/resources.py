"""Questionnaires as they are sent and told over HTTP."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from signaling.kernel.messages import LINE, RoomId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import (
    AnswerFault,
    IntakeBand,
    IntakeFinding,
    IntakeSeverity,
    IntakeSource,
    IntakeState,
)

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
ExternalId = Annotated[str, Meta(min_length=1, max_length=128, pattern=LINE)]
Text = Annotated[str, Meta(max_length=2000, pattern="^[^\\x00\\ud800-\\udfff]*$")]
Whole = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]
"""As far as JSON is read alike everywhere (RFC 8259, 6)."""
AppointmentId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]


class GivenAnswer(Request):
    """One answer, as the platform has it."""

    item: ExternalId
    """By the id that the questionnaire gives it (`9`, `1.13`, `6a`), or its LOINC code."""
    value: bool | Whole | float | Text
    question: Text | None = None
    """The words that the patient was asked."""
    words: Text | None = None
    """Those of the answer that was chosen."""


class GivenResponse(Request):
    """The answers to one questionnaire."""

    questionnaire: Name
    """Its name, such as `PHQ-9`; of one that is not known here the answers are shown."""
    answers: Annotated[list[GivenAnswer], Meta(max_length=300)]


class GiveIntake(Request):
    """POST patients/{patient_id}/intake"""

    external_id: ExternalId
    """What the platform calls it: sent again, it is there once."""
    completed_at: Annotated[datetime, Meta(tz=True)]
    responses: Annotated[list[GivenResponse], Meta(min_length=1, max_length=60)]
    room_id: RoomId | None = None
    """The patient's call that it was answered for."""
    appointment_id: AppointmentId | None = None


class IntakeFault(Resource):
    """Why there is no score, or no valid answer."""

    item: str
    reason: AnswerFault


class ReceivedResponse(Resource):
    """One questionnaire as it was understood."""

    questionnaire: str
    known: bool
    """Whether it is one that can be scored."""
    scored: bool
    faults: list[IntakeFault]


class ReceivedIntake(Resource):
    """The reply of POST patients/{patient_id}/intake."""

    intake_id: str
    added: bool
    """False: the same was there already."""
    responses: list[ReceivedResponse]


class RefusedIntake(Resource):
    """What the platform has, and this server cannot take."""

    external_id: str
    code: str
    """Of the problem that a POST of it would be answered with."""
    reason: str | None


class PulledIntake(Resource):
    """The reply of POST patients/{patient_id}/intake/pull."""

    added: int
    known: int
    refused: list[RefusedIntake]


class IntakeAnswer(Resource):
    """One answer, as it is read."""

    item: str
    label: str | None
    """What it is about; none if nothing but the platform knows."""
    question: str | None
    value: bool | int | float | str
    words: str | None
    flagged: bool


class IntakeResponse(Resource):
    """The answers to one questionnaire, and what they amount to."""

    questionnaire: str
    known: bool
    total: int | None
    band: IntakeBand | None
    severity: IntakeSeverity | None
    findings: list[IntakeFinding]
    faults: list[IntakeFault]
    answers: list[IntakeAnswer]


class Intake(Resource):
    """One of GET patients/{patient_id}/intake."""

    intake_id: str
    external_id: str
    source: IntakeSource
    completed_at: datetime
    received_at: datetime
    room_id: str | None
    appointment_id: str | None
    state: IntakeState
    """Only of a readable one there are responses; of a damaged one those that can be read."""
    responses: list[IntakeResponse]


class IntakeCut(Resource):
    """What a score up to this one means."""

    up_to: int
    band: IntakeBand
    severity: IntakeSeverity


class IntakeQuestionnaire(Resource):
    """One that can be scored."""

    name: str
    highest: int | None
    """None: it has a level, and no score."""
    bands: list[IntakeCut]
    sources: list[str]
    """Where its rule was published."""


class IntakeHistory(Resource):
    """GET patients/{patient_id}/intake, newest first."""

    intakes: list[Intake]
    questionnaires: list[IntakeQuestionnaire]
    """Those of the intakes."""
    can_pull: bool
    """Whether more can be asked of the platform with the reader's own token."""
    next_cursor: str | None
