"""The provider asks in mid-call whether it may be recorded, or stops the recording for good.

Being asked is no consent: nothing is captured before everybody who would be recorded has said yes.
"""

from signaling.calls import announcements, recording
from signaling.calls import state as callstate
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.kernel.hub import Socket
from signaling.kernel.permissions import require_side
from signaling.recordings import asking
from signaling.recordings.messages import RecordingSwitched


async def switch(calls: Calls, socket: Socket, room_id: str, *, on: bool) -> None:
    """Raises Conflict if it cannot be asked now, Unavailable if nothing could be recorded."""
    call, party = calls.carried(socket, room_id)
    require_side(party.side, "call.record")
    if on:
        await _ask(calls, call, party, socket.actor)
    elif not _stop(calls, call, socket.actor):
        return
    call.send(RecordingSwitched(room_id=room_id, on=on))
    announcements.tell_participants(call)
    await recording.adjust(call)


async def _ask(calls: Calls, call: LiveCall, provider: Party, actor: Actor) -> None:
    """Written first, as the provider's own yes is; whoever refused before is undecided again."""
    calls.recordings.require_available()
    async with call.lock:
        if call.state.status != "active":
            raise callstate.not_now(call.state.status)
        now = calls.clock.moment()
        refused = call.refused
        asking.require_may_ask(
            pending=call.records and not _refuses(call),
            refusals=call.refusals,
            since_refusal=now.steady - refused.steady if refused else None,
        )
        answer = calls.settings.consent.switched_on()
        if not await calls.ledger.asked(call, actor, answer, now.at, lambda: not call.state.over):
            raise Conflict("call_over")
        call.recording_enabled, call.recording_off = True, False
        for each in call.people:
            each.consent = each.consent or None
        provider.answered(answer)


def _refuses(call: LiveCall) -> bool:
    return any(party.consent is False for party in call.parties if party.capabilities.recorded)


def _stop(calls: Calls, call: LiveCall, actor: Actor) -> bool:
    """In force at once: no earlier yes lets it begin again. Whether there was anything to stop."""
    if not call.records:
        return False
    call.recording_off = True
    for each in call.people:
        each.consent = each.agreeing = None
    recording.halt(call)
    calls.ledger.switched_off(call, actor, calls.clock.now())
    return True
