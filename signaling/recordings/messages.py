"""What is said about a call's recording while it runs."""

from msgspec import Struct, field

from signaling.kernel.messages import Message, RoomId
from signaling.kernel.words import CaptureReason, CaptureState


class RecordingState(Struct, kw_only=True, frozen=True):
    """What the server's recorder does for this call, and why.

    off: the provider's switch is off. awaiting_consent: switch on, consent not given yet.
    recording: media is being written. paused: somebody is away. stopped: consent declined or
    withdrawn. failed: the recording cannot be written; it is tried again, and the call goes on.
    """

    state: CaptureState
    reason: CaptureReason | None = None
    parameters: dict[str, int] = field(default_factory=dict)
    """What the words of the reason need: `seconds` of `settling`."""


class RecordingConsent(Message, tag="recording_consent"):
    """Give, decline or withdraw consent to the recording during the call."""

    room_id: RoomId
    recording_consent: bool


class RecordingStateChanged(Message, tag="recording_state"):
    """To everybody in the call whenever the recording changes state."""

    room_id: RoomId
    state: CaptureState
    reason: CaptureReason | None
    parameters: dict[str, int]
