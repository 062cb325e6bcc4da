"""What somebody says about the recording while the call runs."""

from datetime import datetime

from signaling.calls import announcements, recording, withdrawing
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.kernel.hub import Socket
from signaling.recordings.consent import Answer
from signaling.recordings.messages import ShownText
from signaling.recordings.rule import CONSENT_SETTLES_SECONDS


async def decide(
    calls: Calls, socket: Socket, room_id: str, *, given: bool, shown: ShownText | None = None
) -> None:
    """Give, decline or withdraw consent to the recording.

    A no takes effect first, and is written as soon as the database lets it; a yes is written first,
    and raises Conflict if it is to other words than those in force.
    """
    call, party = calls.carried(socket, room_id)
    if not call.records or not party.capabilities.recorded:
        raise Conflict("recording_not_enabled")
    if party.consent == given and party.agreeing is None:
        return
    texts, at = calls.settings.consent, calls.clock.now()
    if given:
        answer = texts.yes(party.consent, shown)
        if not await _agree(calls, call, party, socket.actor, answer, at):
            return
    else:
        answer = texts.no(party.consent, shown, party.agreed_to)
        party.agreeing = None
        party.answered(answer)
        call.was_refused(party, calls.clock.moment())
        recording.halt(call)
        if answer.decision == "withdrawn":
            withdrawing.withdraw(calls, call, party, socket.actor, answer, at)
        else:
            calls.ledger.refused(call, party, socket.actor, answer, at)
    announcements.tell_participants(call)
    await recording.adjust(call)


async def ask_off_the_record(calls: Calls, socket: Socket, room_id: str, *, off: bool) -> None:
    """Anybody in the call asks for a pause of the recording, or takes their own request back.

    Either takes effect first. The recording goes on once no request stands, by the consents that
    are in force then.
    """
    call, party = calls.carried(socket, room_id)
    if not call.records:
        raise Conflict("recording_not_enabled")
    if party.off_the_record == off:
        return
    party.off_the_record = off
    recording.halt(call)
    if off:
        call.capture.pause_asked(party.user_id, party.name, party.side)
    else:
        call.capture.pause_lifted(party.user_id)
        call.capture.hold(CONSENT_SETTLES_SECONDS)
    calls.ledger.off_the_record(call, socket.actor, off=off, at=calls.clock.now())
    announcements.tell_participants(call)
    await recording.adjust(call)


async def _agree(
    calls: Calls, call: LiveCall, party: Party, actor: Actor, answer: Answer, at: datetime
) -> bool:
    """Whether it was written and still stands: any other answer meanwhile does instead, a no from
    another page as well as a newer yes, which is still to be written.
    """
    party.agreeing = answer
    try:
        await calls.ledger.agreed(call, party, actor, answer, at, lambda: party.agreeing is answer)
        if party.agreeing is not answer:
            return False
        party.answered(answer)
    finally:
        if party.agreeing is answer:
            party.agreeing = None
    call.capture.hold(CONSENT_SETTLES_SECONDS)
    return True
