"""What happens to a call by itself: nobody answers, it lasts too long, somebody stays away. While
there is a crisis, none of that ends it.
"""

from signaling.calls import ending, leaving, views
from signaling.calls.calls import Calls
from signaling.calls.live import Invitation, LiveCall, Party
from signaling.calls.messages import CallWarning
from signaling.calls.state import Event
from signaling.kernel.clock import Moment


def ring(calls: Calls, call: LiveCall) -> None:
    """The invitation of the patient stands until then."""
    seconds = calls.settings.calls.ring_timeout_seconds
    missed = calls.clock.call_later(seconds, lambda: ending.happen(calls, call, Event.RING_TIMEOUT))
    call.timers.append(missed)


def ring_guest(calls: Calls, call: LiveCall, guest: Party) -> None:
    """The same of somebody who is invited into a call that runs."""
    seconds = calls.settings.calls.ring_timeout_seconds
    timer = calls.clock.call_later(seconds, lambda: _miss(calls, call, guest))
    pages = calls.hub.of(guest.user_id)
    rings = any(call.reached_by(page.actor) for page in pages)
    guest.invitation = Invitation(guest.invited.after(seconds), timer, rings)


def run(calls: Calls, call: LiveCall) -> None:
    """The call was accepted: it may last so long, and whoever is required has to turn up."""
    call.stop_timers()
    seconds = 60.0 * calls.settings.calls.max_duration_minutes
    call.ends = (call.state.started or calls.clock.moment()).after(seconds)
    limit(calls, call)
    for party in call.parties:
        watch(calls, call, party)


def limit(calls: Calls, call: LiveCall) -> None:
    """It ends by itself when its time is over, and everybody is warned before that."""
    if call.ends is None:
        return
    for timer in call.timers:
        timer.cancel()
    call.timers.clear()
    if call.crisis is not None:
        return
    left = call.ends.steady - calls.clock.moment().steady
    warn_in = left - 60.0 * calls.settings.calls.warning_minutes
    call.timers[:] = [
        calls.clock.call_later(left, lambda: ending.happen(calls, call, Event.MAX_DURATION))
    ]
    if 0 < warn_in < left:
        call.timers.append(calls.clock.call_later(warn_in, lambda: _warn(calls, call)))


def watch(calls: Calls, call: LiveCall, party: Party) -> None:
    """Call it whenever the party's media came or went. Whoever is not required may stay away.

    An open socket is no presence: it stays open where a network blocks UDP, with nobody heard.
    """
    if party.connected or not party.required or call.state.status != "active":
        party.stop_timers()
        if party.connected and call.crisis is not None:
            _forgive_absence(call)
    elif call.crisis is not None and any(someone.connected for someone in call.required):
        party.stop_timers()
    elif party.absence is None:
        seconds = calls.settings.calls.reconnect_seconds
        party.absence = calls.clock.call_later(
            seconds, lambda: ending.happen(calls, call, Event.PARTICIPANT_LOST)
        )


def freeze(calls: Calls, call: LiveCall) -> None:
    """There is a crisis: it does not end by itself while one of its two is there."""
    if call.ends is None:
        return
    limit(calls, call)
    _forgive_absence(call)
    for party in call.parties:
        watch(calls, call, party)
    _tell_limit(calls, call)


def thaw(calls: Calls, call: LiveCall, since: Moment) -> None:
    """The crisis is over that stood since then: there is as much time left as there was, and at
    least the time of the warning, which everybody gets then.
    """
    if call.ends is None or call.state.started is None:
        return
    now = calls.clock.moment()
    call.ends = call.ends.after(now.steady - max(since.steady, call.state.started.steady))
    notice = 60.0 * calls.settings.calls.warning_minutes
    is_short = call.ends.steady - now.steady <= notice
    if is_short:
        call.ends = now.after(notice)
    limit(calls, call)
    for party in call.parties:
        watch(calls, call, party)
    _tell_limit(calls, call)
    if is_short and notice:
        _warn(calls, call)


def _forgive_absence(call: LiveCall) -> None:
    for party in call.required:
        if party.absence is not None:
            party.absence.cancel()
            party.absence = None


def _tell_limit(calls: Calls, call: LiveCall) -> None:
    call.send(views.limit(call, calls.clock.moment()))


def _warn(calls: Calls, call: LiveCall) -> None:
    if call.ends is not None:
        now, minutes = calls.clock.moment(), calls.settings.calls.warning_minutes
        ends_at = now.seen_at(call.ends.steady)
        call.send(
            CallWarning(
                room_id=call.room_id, server_time=now.at, ends_at=ends_at, minutes_left=minutes
            )
        )


def _miss(calls: Calls, call: LiveCall, guest: Party) -> None:
    rang = guest.invitation is not None and guest.invitation.rang
    leaving.stay_away(calls, call, guest, "missed" if rang else "unreached", None)
