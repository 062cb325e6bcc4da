"""What is said about a call's recording while it runs."""

from typing import Annotated

from msgspec import Meta, Struct, field

from signaling.kernel.messages import Message, RoomId
from signaling.kernel.words import CaptureReason, CaptureState, Earlier


class RecordingState(Struct, kw_only=True, frozen=True):
    """What the server's recorder does for this call, and why.

    off: nobody is asked, or the provider stopped it for good. awaiting_consent: switch on, consent
    not given yet. recording: media is being written. paused: somebody is away, or asked to be off
    the record. stopped: consent declined or withdrawn. failed: the recording cannot be written; it
    is tried again, and the call goes on.
    """

    state: CaptureState
    reason: CaptureReason | None = None
    parameters: dict[str, int] = field(default_factory=dict)
    """What the words of the reason need: `seconds` of `settling`."""
    earlier: Earlier | None = None
    """What became of what was recorded before the last withdrawal; none before there was one, or
    if nothing had been recorded.
    """


class ShownText(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Which words a page showed, as the settings told them.

    A yes to other words than those in force is refused, so that the page asks again.
    """

    id: Annotated[str, Meta(max_length=64)]
    version: Annotated[str, Meta(max_length=32)]
    language: Annotated[str, Meta(max_length=35)]
    sha256: Annotated[str, Meta(max_length=64)]


class RecordingConsent(Message, tag="recording_consent"):
    """Give, decline or withdraw consent to the recording during the call."""

    room_id: RoomId
    recording_consent: bool
    consent_text: ShownText | None = None
    """What was shown when it was given or declined; none was where it is withdrawn."""


class OffTheRecord(Message, tag="off_the_record"):
    """Ask for a pause of the recording, or take one's own request back; the call goes on."""

    room_id: RoomId
    off: bool


class RecordingSwitch(Message, tag="recording_switch"):
    """The provider asks everybody in the call whether it may be recorded (`on`), or stops the
    recording for good.
    """

    room_id: RoomId
    on: bool


class RecordingSwitched(Message, tag="recording_switched"):
    """To everybody in the call: the provider asks whether it may be recorded, which whoever is
    undecided answers with `recording_consent`; or has stopped the recording for good.
    """

    room_id: RoomId
    on: bool


class RecordingStateChanged(Message, tag="recording_state"):
    """To everybody in the call whenever the recording changes state."""

    room_id: RoomId
    state: CaptureState
    reason: CaptureReason | None
    parameters: dict[str, int]
    earlier: Earlier | None
