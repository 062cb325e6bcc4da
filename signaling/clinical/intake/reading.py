"""What patients answered, as it is read, each time with its row in the audit log."""

import asyncio
from collections.abc import Sequence

import msgspec

from signaling.clinical.intake import views
from signaling.clinical.intake.intakes import Intakes
from signaling.clinical.intake.resources import GivenResponse, Intake, IntakeHistory
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, Unavailable
from signaling.kernel.words import IntakeState
from storage.clinical import intake_sessions
from storage.clinical.intake_sessions import KeyedIntake
from storage.clinical.sealing import Place
from storage.models import IntakeResponse


async def of_patient(
    intakes: Intakes, actor: Actor, patient_id: str, cursor: str | None, *, with_token: bool
) -> IntakeHistory:
    """Newest first; written to the log before anything is opened. Raises NotFound, InvalidCursor,
    Unavailable.
    """
    async with intakes.database.transaction() as tx:
        await intakes.require_patient(tx, actor, patient_id)
        page = await intake_sessions.of_patient(tx, patient_id, cursor)
        rows = await intake_sessions.responses(tx, [one.intake.id for one in page.items])
        await intakes.note(tx, "intake.viewed", actor, patient_id, {"rows": len(page.items)})
    opening = [_opened(intakes, one, rows[one.intake.id]) for one in page.items]
    found = await asyncio.gather(*opening)
    return IntakeHistory(
        intakes=found,
        questionnaires=views.questionnaires(found),
        can_pull=with_token and intakes.platform is not None and actor.role == "provider",
        next_cursor=page.next_cursor,
    )


async def _opened(intakes: Intakes, one: KeyedIntake, rows: Sequence[IntakeResponse]) -> Intake:
    try:
        record = await intakes.records.opened(one.key)
    except Conflict:
        return views.intake(one, "erased", ())
    except Unavailable as error:
        if error.reason != "key_missing":  # that is nothing about this one
            raise
        return views.intake(one, "locked", ())
    texts = [record.read(Place("intake_responses", row.id), row.sealed) for row in rows]
    whole = [msgspec.json.decode(text, type=GivenResponse) for text in texts if text is not None]
    state: IntakeState = "readable" if len(whole) == len(texts) else "damaged"
    return views.intake(one, state, whole)
