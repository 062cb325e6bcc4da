"""Which recordings somebody looks for, as they put it, and as it is noted and looked up. Pure."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct, field, structs

from signaling.audit.asked import Instant
from signaling.kernel.errors import Invalid
from signaling.kernel.messages import UserId
from signaling.kernel.words import RecordingFilter
from storage.audit import Detail
from storage.recordings.expiry import Before
from storage.recordings.search import Wanted

Seconds = Annotated[int, Meta(ge=0, le=10_000_000)]
States = Annotated[tuple[RecordingFilter, ...], Meta(max_length=16)]


class RecordingSearch(Struct, kw_only=True, frozen=True):
    """What is none does not matter."""

    person_id: UserId | None = None
    """Somebody who took part: as patient, as provider or as a guest."""
    provider_id: UserId | None = None
    begin: Instant | None = field(default=None, name="from")
    """They began then or later."""
    end: Instant | None = field(default=None, name="to")
    """They began before."""
    state: States = ()
    """One of these."""
    min_seconds: Seconds | None = None
    max_seconds: Seconds | None = None
    """How long they are, in whole seconds."""

    def wanted(self, expiring: Before | None) -> Wanted:
        """`expiring` says which of them are. Raises Invalid for a span that is none."""
        if self.begin and self.end and self.end <= self.begin:
            raise Invalid("invalid_parameter", parameter="to", problem="It is not after from")
        least, most = self.min_seconds, self.max_seconds
        if least is not None and most is not None and most < least:
            problem = "It is less than min_seconds"
            raise Invalid("invalid_parameter", parameter="max_seconds", problem=problem)
        return Wanted(
            person_id=self.person_id,
            provider_id=self.provider_id,
            begin=self.begin,
            end=self.end,
            states=frozenset(self.state),
            expiring=expiring,
            min_seconds=least,
            max_seconds=most,
        )

    @property
    def detail(self) -> Detail:
        """What was asked for, as the log keeps it."""
        names = {each.name: each.encode_name for each in structs.fields(self)}
        asked = structs.asdict(self).items()
        return {names[name]: _said(value) for name, value in asked if value not in (None, ())}


def _said(value: str | int | datetime | tuple[str, ...]) -> str | int:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case tuple():
            return " ".join(sorted({*value}))
        case _:
            return value
