"""When a call is recorded: one pure rule over switch, consents and presence."""

from collections.abc import Sequence
from dataclasses import dataclass

from signaling.messages import RecordingState


@dataclass(frozen=True)
class Circumstances:
    """All that the rule looks at. The provider's switch counts as the provider's consent."""

    switched_on: bool
    """At the invitation: a call that was not announced as recorded never is."""
    consents: Sequence[bool | None]
    """One a party; none: not asked yet."""
    connected: Sequence[bool]
    """One a party: media flows."""
    failure: str | None = None
    """Why the recorder gave up, for good."""


def wanted(now: Circumstances) -> RecordingState:
    """What should be the case. A recorder writes if and only if this says `recording`."""
    if not now.switched_on:
        return RecordingState(state="off")
    if now.failure:
        return RecordingState(state="failed", reason=now.failure)
    if False in now.consents:
        return RecordingState(state="stopped", reason="Consent was declined or withdrawn.")
    if None in now.consents:
        return RecordingState(state="awaiting_consent")
    if not all(now.connected):
        return RecordingState(state="paused", reason="Waiting until both are connected.")
    return RecordingState(state="recording")
