"""What happens to a call by itself as time passes."""

from collections.abc import Callable

from signaling import config
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import CallWarning
from signaling.calls.state import Event
from signaling.kernel.clock import Clock

Happen = Callable[[LiveCall, Event], None]
"""Brings an event about in the background."""


class CallTimers:
    """Starts and stops the clocks of calls: ringing, maximum duration with its warning,
    and absence.
    """

    def __init__(self, clock: Clock, limits: config.Calls, happen: Happen) -> None:
        self._clock = clock
        self._limits = limits
        self._happen = happen

    def ring(self, call: LiveCall) -> None:
        """The invitation stands until then."""
        self._after(
            call, self._limits.ring_timeout_seconds, lambda: self._happen(call, Event.RING_TIMEOUT)
        )

    def run(self, call: LiveCall) -> None:
        """The call was accepted: it may last so long, and whoever is required has to turn up."""
        self.stop(call)
        limit = 60.0 * self._limits.max_duration_minutes
        warn_at = limit - 60.0 * self._limits.warning_minutes
        call.ends = (call.state.started or self._clock.moment()).after(limit)
        self._after(call, limit, lambda: self._happen(call, Event.MAX_DURATION))
        if 0 < warn_at < limit:
            self._after(call, warn_at, lambda: self._warn(call))
        for party in call.parties:
            self.watch(call, party)

    def watch(self, call: LiveCall, party: Party) -> None:
        """Call it whenever the party's media came or went. Whoever is not required may stay away.

        An open socket is no presence: behind a network that blocks UDP it stays open, and nobody
        hears anybody.
        """
        if party.connected or not party.required or call.state.status != "active":
            self.forget(party)
        elif party.absence is None:
            party.absence = self._clock.call_later(
                self._limits.reconnect_seconds, lambda: self._happen(call, Event.PARTICIPANT_LOST)
            )

    def stop(self, call: LiveCall) -> None:
        """Nothing happens by itself any more."""
        for timer in call.timers:
            timer.cancel()
        call.timers.clear()
        for party in call.people:
            self.forget(party)

    def _after(self, call: LiveCall, seconds: float, what: Callable[[], None]) -> None:
        call.timers.append(self._clock.call_later(seconds, what))

    def forget(self, party: Party) -> None:
        """Nothing happens to them by itself any more."""
        if party.invitation is not None:
            party.invitation.timer.cancel()
        if party.absence is not None:
            party.absence.cancel()
            party.absence = None

    def _warn(self, call: LiveCall) -> None:
        if call.ends is not None:
            now, minutes = self._clock.moment(), self._limits.warning_minutes
            ends_at = now.seen_at(call.ends.steady)
            call.send(
                CallWarning(
                    room_id=call.room_id, server_time=now.at, ends_at=ends_at, minutes_left=minutes
                )
            )
