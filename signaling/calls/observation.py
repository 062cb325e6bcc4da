"""A live call as operations staff may see it: streams, and nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass

from signaling.calls.live import LiveCall
from signaling.calls.messages import MediaState
from signaling.calls.state import whole_seconds
from signaling.kernel.clock import Moment
from signaling.kernel.words import CaptureState, Condition, Side


@dataclass(frozen=True)
class ObservedParty:
    """One participant."""

    role: Side
    media: MediaState
    quality: Condition | None


@dataclass(frozen=True)
class Observed:
    """One call."""

    age_seconds: int
    recording: CaptureState
    parties: Mapping[str, ObservedParty]
    """By participant id, which is for joining with the relay's statistics and not for showing."""


def of(call: LiveCall, now: Moment) -> Observed:
    """The call at this moment."""
    recording = call.recording_state.state if call.recording_state else "off"
    parties = {
        party.user_id: ObservedParty(party.side, party.media, party.condition)
        for party in call.parties
    }
    return Observed(whole_seconds(call.created, now), recording, parties)
