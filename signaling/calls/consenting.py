"""What somebody says about the recording while the call runs."""

from datetime import datetime

from signaling.calls import announcements, recording
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.kernel.hub import Socket
from signaling.kernel.words import Decision
from signaling.recordings import consent
from signaling.recordings.rule import CONSENT_SETTLES_SECONDS
from storage.errors import DatabaseUnavailable


async def decide(calls: Calls, socket: Socket, room_id: str, *, given: bool) -> None:
    """Give, decline or withdraw consent to the recording.

    A no takes effect first, and is written as soon as the database lets it; a yes is written first.
    """
    call, party = calls.carried(socket, room_id)
    if not call.recording_enabled or not party.capabilities.recorded:
        raise Conflict("recording_not_enabled")
    if party.consent == given and party.said in (None, given):
        return
    party.said = given
    decision, at = consent.decision(party.consent, given), calls.clock.now()
    if not given:
        party.consent = False
        calls.ledger.refused(call, party, socket.actor, decision, at)
    elif not await _agree(calls, call, party, socket.actor, decision, at):
        return
    announcements.tell_participants(call)
    await recording.adjust(call)


async def _agree(
    calls: Calls, call: LiveCall, party: Party, actor: Actor, decision: Decision, at: datetime
) -> bool:
    """Whether it was written and still stands: a no from another page meanwhile does instead."""
    try:
        await calls.ledger.agreed(call, party, actor, decision, at, lambda: party.said is True)
    except DatabaseUnavailable:
        if party.said:
            party.said = party.consent
        raise
    if party.said:
        party.consent = True
        call.capture.hold(CONSENT_SETTLES_SECONDS)
    return party.said is True
