"""The state machine of a call: one table, pure, with the time passed in.

`python -m signaling.calls.state` prints the table as the diagram that ARCHITECTURE.md shows.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from signaling.kernel.clock import Moment
from signaling.kernel.errors import Conflict, DomainError, NotAllowed
from signaling.kernel.words import CallStatus, EndReason, Side


class Event(Enum):
    """What can happen to a call; the value is how an error message and the diagram say it."""

    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    RING_TIMEOUT = "ring timeout"
    HANG_UP = "hang up"
    MAX_DURATION = "max duration"
    PARTICIPANT_LOST = "participant lost"
    DISCONNECT = "disconnect"
    LINK_REVOKED = "link revoked"
    SERVER_RESTART = "server restart"
    FAILURE = "failure"


PATIENT: frozenset[Side] = frozenset({"patient"})
PROVIDER: frozenset[Side] = frozenset({"provider"})
EITHER = PATIENT | PROVIDER
SERVER: frozenset[Side] = frozenset()
"""Nobody may ask for it: the server's own clock and fate bring it about."""


@dataclass(frozen=True)
class Transition:
    """Where an event leads, who may bring it about, and the end reason it leaves behind."""

    target: CallStatus
    by: frozenset[Side]
    reason: EndReason | None = None


TRANSITIONS: dict[CallStatus, dict[Event, Transition]] = {
    "initiated": {
        Event.ACCEPT: Transition("active", PATIENT),
        Event.DECLINE: Transition("declined", PATIENT, "declined"),
        Event.CANCEL: Transition("ended", PROVIDER, "cancelled"),
        Event.RING_TIMEOUT: Transition("missed", SERVER, "missed"),
        Event.LINK_REVOKED: Transition("ended", SERVER, "cancelled"),
        Event.SERVER_RESTART: Transition("failed", SERVER, "server_restart"),
        Event.FAILURE: Transition("failed", SERVER, "failed"),
    },
    "active": {
        Event.HANG_UP: Transition("ended", EITHER, "hung_up"),
        Event.DISCONNECT: Transition("ended", PROVIDER, "disconnected"),
        Event.MAX_DURATION: Transition("ended", SERVER, "max_duration"),
        Event.PARTICIPANT_LOST: Transition("ended", SERVER, "participant_lost"),
        Event.LINK_REVOKED: Transition("ended", SERVER, "link_revoked"),
        Event.SERVER_RESTART: Transition("failed", SERVER, "server_restart"),
        Event.FAILURE: Transition("failed", SERVER, "failed"),
    },
    "ended": {},
    "failed": {},
    "declined": {},
    "missed": {},
}


@dataclass(frozen=True)
class CallState:
    """A call as its row tells it. Times are UTC."""

    status: CallStatus = "initiated"
    started: Moment | None = None
    ended_at: datetime | None = None
    duration_seconds: int = 0
    """Whole ones between acceptance and end; 0 for a call that was never active or still runs."""
    end_reason: EndReason | None = None
    ended_by: Side | None = None
    """None: the server ended it, or it is not over."""

    @property
    def started_at(self) -> datetime | None:
        """None if it was never active."""
        return self.started.at if self.started else None

    @property
    def over(self) -> bool:
        """Nothing can happen to it any more."""
        return not TRANSITIONS[self.status]

    @property
    def duration_minutes(self) -> int:
        """Whole minutes completed."""
        return self.duration_seconds // 60


def possible(state: CallState, event: Event) -> bool:
    """Whether the event means anything to a call in this state: a timer may fire just
    as the call changes.
    """
    return event in TRANSITIONS[state.status]


def after(state: CallState, event: Event, now: Moment, side: Side | None = None) -> CallState:
    """The state that `event`, brought about by that side (none: the server itself),
    leads to at `now`.

    Raises Conflict if the call is not in a state for it, NotAllowed if it is another side's to do.
    """
    transition = TRANSITIONS[state.status].get(event)
    if transition is None:
        raise not_now(state.status)
    if side is not None and side not in transition.by:
        raise NotAllowed("forbidden", reason="event", side=side, event=event.value)
    if transition.target == "active":
        return replace(state, status="active", started=now)
    return replace(
        state,
        status=transition.target,
        # A clock that was set back must not end it before it began.
        ended_at=max(now.at, state.started_at or now.at),
        duration_seconds=whole_seconds(state.started, now),
        end_reason=transition.reason,
        ended_by=side,
    )


def whole_seconds(started: Moment | None, now: Moment) -> int:
    """Completed since then.

    By the millisecond begun: a timer of libuv may fire by less than one too early.
    """
    if started is None:
        return 0
    return max(0, math.ceil((now.steady - started.steady) * 1000)) // 1000


def not_now(status: CallStatus) -> DomainError:
    """Why an event that would be possible in another state is not in this one."""
    match status:
        case "initiated":
            return Conflict("call_still_ringing")
        case "active":
            return Conflict("already_accepted")
        case "ended":
            return Conflict("call_over", reason="ended")
        case "failed":
            return Conflict("call_over", reason="failed")
        case "declined":
            return Conflict("call_over", reason="declined")
        case "missed":
            return Conflict("call_over", reason="missed")


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> initiated: initiate"]
    for status, row in TRANSITIONS.items():
        lines += [
            f"    {status} --> {move.target}: {_label(event, move)}" for event, move in row.items()
        ]
        if not row:
            lines.append(f"    {status} --> [*]")
    return "\n".join(lines)


def _label(event: Event, transition: Transition) -> str:
    return f"{event.value} ({' or '.join(sorted(transition.by)) or 'server'})"


if __name__ == "__main__":
    print(diagram())  # noqa: T201 - printing is this command's purpose
