"""What a made-up patient of the demo answered before their calls: getting better, with one answer
that has to be seen.
"""

from datetime import datetime, timedelta

from signaling.clinical.intake import receiving
from signaling.clinical.intake.intakes import Intakes
from signaling.clinical.intake.resources import GiveIntake, GivenAnswer, GivenResponse
from signaling.kernel.actor import Actor

WEEKS = (
    (12, "221232121", "3332222"),
    (8, "212122111", "2322122"),
    (4, "112111101", "2211111"),
    (1, "111111001", "1111110"),
)
"""How long ago, and the answers to PHQ-9 and GAD-7 from their first items on."""
DIARY = (("When did you go to bed?", "23:30"), ("How often did you wake up?", "Twice"))


async def give(intakes: Intakes, patient: Actor, now: datetime) -> None:
    """Doing so again changes nothing."""
    for weeks, phq, gad in WEEKS:
        responses = [_scored("PHQ-9", phq), _scored("GAD-7", gad)]
        if weeks == 1:
            responses += [_scored("ISI", "2221"), _diary()]
        given = GiveIntake(
            external_id=f"demo-{weeks}",
            completed_at=now - timedelta(weeks=weeks),
            responses=responses,
        )
        await receiving.receive(intakes, patient, patient.user_id, given, "patient")


def _scored(name: str, values: str) -> GivenResponse:
    answers = [GivenAnswer(item=str(at), value=int(to)) for at, to in enumerate(values, 1)]
    return GivenResponse(questionnaire=name, answers=answers)


def _diary() -> GivenResponse:
    answers = [
        GivenAnswer(item=str(at), value=value, question=question)
        for at, (question, value) in enumerate(DIARY, 1)
    ]
    return GivenResponse(questionnaire="Sleep diary", answers=answers)
