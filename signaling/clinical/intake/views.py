"""Questionnaires as they are told. Pure."""

from collections.abc import Iterable

from signaling.clinical.intake import scoring
from signaling.clinical.intake.instruments import Instrument, Item, catalogue, named, recognized
from signaling.clinical.intake.resources import (
    GivenAnswer,
    GivenResponse,
    Intake,
    IntakeAnswer,
    IntakeCut,
    IntakeFault,
    IntakeQuestionnaire,
    IntakeResponse,
    ReceivedResponse,
)
from signaling.clinical.intake.scoring import Scored, whole
from signaling.kernel.words import IntakeState
from storage.clinical.intake_sessions import KeyedIntake


def received(given: GivenResponse) -> ReceivedResponse:
    """For whoever sent it."""
    instrument = _instrument(given)
    scored = _score(instrument, given) if instrument else None
    return ReceivedResponse(
        questionnaire=instrument.name if instrument else given.questionnaire,
        known=instrument is not None,
        scored=scored is not None and scored.band is not None,
        faults=_faults(scored),
    )


def intake(found: KeyedIntake, state: IntakeState, given: Iterable[GivenResponse]) -> Intake:
    """One, with what could be read of it."""
    row = found.intake
    return Intake(
        intake_id=row.id,
        external_id=row.external_id,
        source=row.source,
        completed_at=row.completed_at,
        received_at=row.received_at,
        room_id=found.room_id,
        appointment_id=row.appointment_id,
        state=state,
        responses=[_response(one) for one in given],
    )


def questionnaires(intakes: Iterable[Intake]) -> list[IntakeQuestionnaire]:
    """Those of them that can be scored."""
    names = {one.questionnaire for each in intakes for one in each.responses if one.known}
    return [_questionnaire(catalogue()[name]) for name in sorted(names)]


def _questionnaire(instrument: Instrument) -> IntakeQuestionnaire:
    return IntakeQuestionnaire(
        name=instrument.name,
        highest=instrument.highest,
        bands=[
            IntakeCut(up_to=at.up_to, band=at.band, severity=at.severity) for at in instrument.bands
        ],
        sources=[" ".join(source.split()) for source in instrument.sources],
    )


def _instrument(given: GivenResponse) -> Instrument | None:
    found = named(given.questionnaire)
    return found or recognized(answer.item for answer in given.answers)


def _score(instrument: Instrument, given: GivenResponse) -> Scored:
    return scoring.score(
        instrument, [scoring.Answer(answer.item, answer.value) for answer in given.answers]
    )


def _faults(scored: Scored | None) -> list[IntakeFault]:
    return [
        IntakeFault(item=one.item, reason=one.reason) for one in (scored.faults if scored else ())
    ]


def _response(given: GivenResponse) -> IntakeResponse:
    instrument = _instrument(given)
    scored = _score(instrument, given) if instrument else None
    return IntakeResponse(
        questionnaire=instrument.name if instrument else given.questionnaire,
        known=instrument is not None,
        total=scored.total if scored else None,
        band=scored.band if scored else None,
        severity=scored.severity if scored else None,
        findings=list(scored.findings) if scored else [],
        faults=_faults(scored),
        answers=[_answer(instrument, scored, answer) for answer in given.answers],
    )


def _answer(
    instrument: Instrument | None, scored: Scored | None, given: GivenAnswer
) -> IntakeAnswer:
    item = instrument.item(given.item) if instrument else None
    return IntakeAnswer(
        item=item.id if item else given.item,
        label=item.label if item else None,
        question=given.question,
        value=given.value,
        words=given.words or _words(instrument, item, given),
        flagged=scored is not None and item is not None and item.id in scored.flagged,
    )


def _words(instrument: Instrument | None, item: Item | None, given: GivenAnswer) -> str | None:
    """What the questionnaire says for the value, where the platform has sent the value alone."""
    if instrument is None or item is None:
        return None
    value = whole(instrument, item, given.value)
    return None if value is None else instrument.words_of(item).get(value)
