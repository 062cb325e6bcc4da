"""What an invitation is answered: a yes is written before it takes effect, a no takes effect first.

The patient's answer begins the call or ends it; anybody else's lets only them in, or not.
"""

from signaling.calls import announcements, ending, guests, leaving, recording, timers, views
from signaling.calls import state as callstate
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.calls.state import Event
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.kernel.permissions import require_side
from signaling.recordings.consent import Answer
from signaling.recordings.messages import ShownText


async def accept(
    calls: Calls,
    actor: Actor,
    room_id: str,
    *,
    recording_consent: bool,
    shown: ShownText | None = None,
) -> None:
    """Whoever is invited accepts, from the first place that says so; Conflict from any other,
    or if their yes is to other words than those in force.
    """
    calls.require_going_on()
    if found := calls.find_invitation(actor, room_id):
        await _come_in(calls, *found, actor, recording_consent, shown)
        return
    call, patient = await calls.own_live(actor, room_id)
    require_side(patient.side, "call.answer")
    async with call.lock:
        state = callstate.after(call.state, Event.ACCEPT, calls.clock.moment(), patient.side)
        answer = _answer(calls, call, patient, recording_consent, shown)
        await calls.ledger.accepted(call, actor, state, answer, lambda: not call.state.over)
        if call.state.over:  # the other side was faster
            raise callstate.not_now(call.state.status)
        call.state, patient.joined_at = state, state.started_at
        _take(calls, call, patient, answer)
    timers.run(calls, call)
    now = calls.clock.moment()
    for party in call.parties:
        announcements.tell(calls.hub, call, party.user_id, views.accepted(call, party, now))
    announcements.close_invitation(calls.hub, call, patient, "accepted")
    guests.began(calls, call)
    calls.background.spawn(recording.adjust(call))


async def decline(calls: Calls, actor: Actor, room_id: str) -> None:
    """Whoever is invited declines: the patient the call, anybody else only their invitation."""
    if found := calls.find_invitation(actor, room_id):
        leaving.stay_away(calls, *found, "declined", actor)
        return
    call, party = await calls.own_live(actor, room_id)
    require_side(party.side, "call.answer")
    ending.finish(calls, call, Event.DECLINE, actor)
    await call.journal.written(leaving.SETTLE_SECONDS)


async def _come_in(
    calls: Calls,
    call: LiveCall,
    guest: Party,
    actor: Actor,
    recording_consent: bool,
    shown: ShownText | None,
) -> None:
    """Into a call that runs. While they are there, nothing is recorded without their yes."""
    async with call.lock:
        at = calls.clock.now()
        answer = _answer(calls, call, guest, recording_consent, shown)
        await calls.ledger.joined(call, actor, guest, answer, at, lambda: _stands(call, guest))
        if not _stands(call, guest):  # somebody else was faster
            raise Conflict("call_over")
        guest.stop_timers()
        guest.invitation, guest.joined_at = None, at
        _take(calls, call, guest, answer)
    recording.halt(call)
    call.gone.pop(guest.user_id, None)
    timers.watch(calls, call, guest)
    announcements.close_invitation(calls.hub, call, guest, "accepted")
    yes = views.accepted(call, guest, calls.clock.moment())
    announcements.tell(calls.hub, call, guest.user_id, yes)
    announcements.tell_participants(call)
    calls.background.spawn(recording.adjust(call))


def _answer(
    calls: Calls, call: LiveCall, party: Party, given: bool, shown: ShownText | None
) -> Answer | None:
    """None: they are not asked."""
    if not call.records or not party.capabilities.recorded:
        return None
    if not given and not party.asked and shown is None:
        return None  # asked since: their page knew of no recording, and said what it says then
    texts = calls.settings.consent
    return texts.yes(None, shown) if given else texts.no(None, shown)


def _take(calls: Calls, call: LiveCall, party: Party, answer: Answer | None) -> None:
    party.answered(answer)
    if party.consent is False:
        call.was_refused(party, calls.clock.moment())


def _stands(call: LiveCall, guest: Party) -> bool:
    return not call.state.over and guest in call.people and guest.invitation is not None
