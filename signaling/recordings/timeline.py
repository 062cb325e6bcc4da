"""What happened when, on the session's clock: a recording's positions are times of it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from signaling.recordings.resources import (
    ConnectionStretch,
    RecordingGap,
    Timeline,
    TimelineEvent,
)
from storage.calls.connections import Connection
from storage.calls.consents import NamedConsent

MILLISECOND = timedelta(milliseconds=1)


def timeline(
    started_at: datetime,
    duration_ms: int,
    consents: Sequence[NamedConsent],
    gaps: Sequence[RecordingGap] | None,
    connections: Sequence[Connection],
) -> Timeline:
    """Of a recording that began then and is so long; `gaps` are none where they are not known."""
    events = [_decision(named, started_at) for named in consents]
    for gap in gaps or ():
        events += _requests(gap, duration_ms)
    events.sort(key=lambda event: event.at_ms)
    return Timeline(events=events, connections=[*_stretches(connections, started_at)])


def _decision(named: NamedConsent, started_at: datetime) -> TimelineEvent:
    consent = named.consent
    return TimelineEvent(
        at_ms=_position(consent.at, started_at),
        user_id=consent.user_id,
        name=named.user_name,
        side=consent.role,
        kind=consent.decision,
    )


def _requests(gap: RecordingGap, duration_ms: int) -> Iterator[TimelineEvent]:
    """One that stood to the end of the recording was never taken back."""
    end_ms = gap.offset_ms + gap.duration_ms
    for request in gap.requests:
        asked = TimelineEvent(
            at_ms=request.begin_ms,
            user_id=request.user_id,
            name=request.name,
            side=request.side,
            kind="off_the_record",
        )
        yield asked
        if request.end_ms < end_ms or end_ms < duration_ms:
            yield replace(asked, at_ms=request.end_ms, kind="on_the_record")


def _stretches(
    connections: Sequence[Connection], started_at: datetime
) -> Iterator[ConnectionStretch]:
    for connection in connections:
        ended_at = connection.ended_at
        end_ms = None if ended_at is None else _position(ended_at, started_at)
        begin_ms = max(0, _position(connection.began_at, started_at))
        if end_ms is None or end_ms > begin_ms:
            yield ConnectionStretch(
                user_id=connection.user_id,
                name=connection.name,
                side=connection.side,
                begin_ms=begin_ms,
                end_ms=end_ms,
                condition=connection.condition,
            )


def _position(at: datetime, started_at: datetime) -> int:
    return round((at - started_at) / MILLISECOND)
