"""The table of a call: what it allows, and what no sequence of events can do to it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.calls import state as callstate
from signaling.calls.state import TRANSITIONS, CallState, Event, after
from signaling.kernel.clock import Moment
from signaling.kernel.errors import Conflict, DomainError, NotAllowed
from signaling.kernel.words import Side

NOW = Moment(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), 1000.0)
ROOT = Path(__file__).parents[3]
sides: st.SearchStrategy[Side | None] = st.sampled_from(["patient", "provider", None])
steps = st.tuples(
    st.sampled_from(Event),
    sides,
    st.integers(min_value=0, max_value=10_000),
    st.integers(-9_000, 9_000),
)
"""An event, whose it is, how many seconds later,
and by how many the wall clock was set meanwhile.
"""


def active(at: Moment = NOW) -> CallState:
    return after(CallState(), Event.ACCEPT, at, "patient")


@given(st.lists(steps, max_size=12))
def test_no_sequence_of_events_breaks_a_call(
    events: list[tuple[Event, Side | None, int, int]],
) -> None:
    state, now = CallState(), NOW
    for event, side, seconds, set_by in events:
        now = Moment(now.at + timedelta(seconds=seconds + set_by), now.steady + seconds)
        before = state
        try:
            state = after(state, event, now, side)
        except DomainError:
            continue
        assert not before.over
        assert state.status == TRANSITIONS[before.status][event].target
        assert state.ended_by == (side if state.over else None)
    assert state.over == (state.ended_at is not None) == (state.end_reason is not None)
    assert state.duration_seconds >= 0
    if state.started_at and state.ended_at:
        assert state.ended_at >= state.started_at
        assert state.status in ("ended", "failed")


@pytest.mark.parametrize(
    ("took", "seconds", "minutes"),
    [
        (2, 2, 0),
        (59.9, 59, 0),
        (60, 60, 1),
        (120.04, 120, 2),
        (3600, 3600, 60),
        (3599.9995, 3600, 60),
    ],
)
def test_a_duration_is_what_was_completed(took: float, seconds: int, minutes: int) -> None:
    ended = after(active(), Event.HANG_UP, NOW.after(took), "patient")
    assert (ended.duration_seconds, ended.duration_minutes) == (seconds, minutes)


def test_a_call_that_was_never_accepted_took_no_minutes() -> None:
    missed = after(CallState(), Event.RING_TIMEOUT, NOW.after(45))
    assert (missed.status, missed.end_reason, missed.duration_minutes) == ("missed", "missed", 0)


@pytest.mark.parametrize(
    ("state", "event", "side", "kind", "code"),
    [
        (CallState(), Event.ACCEPT, "provider", NotAllowed, "forbidden"),
        (CallState(), Event.CANCEL, "patient", NotAllowed, "forbidden"),
        (CallState(), Event.RING_TIMEOUT, "provider", NotAllowed, "forbidden"),
        (CallState(), Event.HANG_UP, "patient", Conflict, "call_still_ringing"),
        (active(), Event.ACCEPT, "patient", Conflict, "already_accepted"),
        (active(), Event.DECLINE, "patient", Conflict, "already_accepted"),
        (
            after(active(), Event.HANG_UP, NOW, "provider"),
            Event.HANG_UP,
            "patient",
            Conflict,
            "call_over",
        ),
    ],
)
def test_what_cannot_happen_says_why(
    state: CallState, event: Event, side: Side, kind: type[DomainError], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        after(state, event, NOW, side)
    assert (type(refused.value), refused.value.code) == (kind, code)


@pytest.mark.parametrize("set_by", [timedelta(hours=1), timedelta(seconds=-40)])
def test_a_clock_that_is_set_does_not_change_how_long_a_call_took(set_by: timedelta) -> None:
    ended = after(
        active(),
        Event.HANG_UP,
        Moment(NOW.at + timedelta(seconds=8) + set_by, NOW.steady + 8),
        "patient",
    )
    assert (ended.duration_seconds, ended.duration_minutes) == (8, 0)
    assert ended.started_at is not None
    assert ended.ended_at is not None
    assert ended.ended_at >= ended.started_at


def test_every_state_is_reached_and_every_end_has_a_reason() -> None:
    moves = [move for row in TRANSITIONS.values() for move in row.values()]
    assert {move.target for move in moves} | {"initiated"} == set(TRANSITIONS)
    assert all((move.reason is None) == (move.target == "active") for move in moves)


def test_the_module_prints_its_diagram() -> None:
    command = [sys.executable, "-m", "signaling.calls.state"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == callstate.diagram()
    assert "initiated --> active: accept (patient)" in printed.stdout


def test_architecture_shows_the_diagram_of_the_table() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    begin, end = "<!-- callstate:begin -->", "<!-- callstate:end -->"
    assert (
        text.partition(begin)[2].partition(end)[0].strip()
        == f"```mermaid\n{callstate.diagram()}\n```"
    )
