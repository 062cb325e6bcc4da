"""Somebody withdraws their consent to the recording, with what becomes of what there is already.

Nothing is captured from that moment on. The withdrawal is written as soon as the database lets it,
and what was recorded before is kept or erased in the same transaction.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.calls import recording
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.kernel.actor import Actor
from signaling.kernel.words import Earlier
from signaling.recordings.capture import Ended
from signaling.recordings.consent import Answer


def withdraw(
    calls: Calls, call: LiveCall, party: Party, actor: Actor, answer: Answer, at: datetime
) -> None:
    """Of a call of which nothing was recorded, it is a no like any other."""
    recording_id, settled = call.capture.recorded_id, list[Earlier]()
    if recording_id is None:
        calls.ledger.refused(call, party, actor, answer, at)
        return
    ended = call.capture.end_recording() if calls.withdrawals.policy == "erase" else None
    call.earlier = "erasing" if ended else "kept"

    async def settle(tx: AsyncSession) -> None:
        settled[:] = [await calls.withdrawals.settle(tx, recording_id, actor, at)]

    calls.ledger.refused(call, party, actor, answer, at, settle)
    if ended:
        calls.recordings.background.spawn(_finish(calls, call, ended, settled))


async def _finish(calls: Calls, call: LiveCall, ended: Ended, settled: list[Earlier]) -> None:
    """`settled` has a word once it is written, and none if it never could be."""
    await call.journal.settled()
    [word] = settled or ["kept"]
    call.earlier = word
    if not call.state.over:
        await recording.adjust(call)
    await call.capture.settle_ended(ended, erased=word == "erased")
    await calls.withdrawals.finish()
