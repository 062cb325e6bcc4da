"""What somebody looks for in the log, as they put it, and as it is noted and looked up. Pure."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct, structs

from signaling.audit import groups
from signaling.audit.groups import AuditGroup, AuditOutcome
from signaling.kernel.errors import Invalid
from signaling.kernel.messages import LINE, RoomId, UserId
from storage.audit import Detail
from storage.audit.listing import Filter

Instant = Annotated[datetime, Meta(tz=True)]
"""With its time zone."""
Address = Annotated[str, Meta(min_length=1, max_length=64, pattern=LINE)]


class Asked(Struct, kw_only=True, frozen=True):
    """What is none does not matter."""

    begin: Instant | None = None
    end: Instant | None = None
    actor_id: UserId | None = None
    group: AuditGroup | None = None
    outcome: AuditOutcome | None = None
    person_id: UserId | None = None
    room_id: RoomId | None = None
    recording_id: UserId | None = None
    address: Address | None = None

    @property
    def filter(self) -> Filter:
        """Raises Invalid for a span that is none."""
        if self.begin and self.end and self.end <= self.begin:
            raise Invalid("invalid_parameter", parameter="end", problem="It is not after begin")
        return Filter(
            begin=self.begin,
            end=self.end,
            actions=groups.actions(self.group, self.outcome),
            actor_id=self.actor_id,
            address=self.address,
            person_id=self.person_id,
            room_id=self.room_id,
            recording_id=self.recording_id,
        )

    @property
    def detail(self) -> Detail:
        """What was asked for, as the log keeps it."""
        return {name: _said(value) for name, value in structs.asdict(self).items() if value}


def _said(value: str | datetime) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
