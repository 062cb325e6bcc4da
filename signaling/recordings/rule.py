"""When a call is recorded: one pure rule over switch, consents and presence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from signaling.kernel.words import CaptureReason, GapReason
from signaling.recordings.messages import RecordingState

Stop = GapReason | Literal["call_ended"]

CONSENT_SETTLES_SECONDS = 1.0  # a yes that is taken back at once makes no file
STOPS_COUNT_SECONDS = 60.0
FREE_STOPS = 3  # a page that reconnects must lose nothing
LONGEST_SECONDS = 30.0
UPLOAD_PAUSE_SECONDS = 2.0
LONGEST_UPLOAD_PAUSE_SECONDS = 120.0


def settle_seconds(stops: int) -> float:
    """How long a recording waits before it makes new files, which was stopped
    that often within a minute.
    """
    return 0.0 if stops <= FREE_STOPS else min(LONGEST_SECONDS, 2.0 ** min(10, stops - FREE_STOPS))


def retry_seconds(retries: int) -> float:
    """How long after a failure the next try waits, which follows that many others."""
    return min(LONGEST_SECONDS, 2.0 ** min(10, retries))


def upload_pause_seconds(retries: int) -> float:
    """How long after a round of uploads the next one begins, after so many that failed."""
    return min(LONGEST_UPLOAD_PAUSE_SECONDS, UPLOAD_PAUSE_SECONDS * 2.0 ** min(10, retries))


@dataclass(frozen=True)
class Attendance:
    """Of one person in the call."""

    consent: bool | None
    """None: not answered yet. The provider's switch is the provider's consent."""
    connected: bool
    """Media flows."""
    required: bool = True
    """The call waits for them, and so does the recording."""
    recorded: bool = True
    here: bool = True
    """Their page or their media is there; of somebody required that makes no difference."""
    off_the_record: bool = False
    """They asked for it, and only they can take that back: also while they are away."""

    @property
    def asked(self) -> bool:
        """Whether anything may be recorded depends on what they say."""
        return self.recorded and (self.required or self.here)


@dataclass(frozen=True)
class Circumstances:
    """All that the rule looks at."""

    switched_on: bool
    """At the invitation: a call that was not announced as recorded never is."""
    people: Sequence[Attendance]
    failure: CaptureReason | None = None
    """Why nothing can be written at present."""


def wanted(now: Circumstances) -> RecordingState:
    """What should be the case: the first that holds of what speaks against it.

    A recorder writes if and only if this says `recording`.
    """
    consents = {person.consent for person in now.people if person.asked}
    off_the_record = any(person.off_the_record for person in now.people)
    connected = all(person.connected for person in now.people if person.required)
    against = (
        (not now.switched_on, RecordingState(state="off")),
        (off_the_record, RecordingState(state="paused", reason="off_the_record")),
        (now.failure is not None, RecordingState(state="failed", reason=now.failure)),
        (False in consents, RecordingState(state="stopped", reason="refused")),
        (None in consents, RecordingState(state="awaiting_consent")),
        (not connected, RecordingState(state="paused", reason="disconnected")),
    )
    return next((state for holds, state in against if holds), RecordingState(state="recording"))


def gap_reason(now: RecordingState) -> GapReason:
    """Why there is nothing of that time in the recording."""
    assert now.state != "recording"  # noqa: S101  then there is no gap
    return "off_the_record" if now.reason == "off_the_record" else now.state


def settling(seconds: int) -> RecordingState:
    """Recording is wanted, and starts within that time."""
    return RecordingState(state="paused", reason="settling", parameters={"seconds": seconds})
