# ruff: noqa: PYI021  the stub is where this API is told
"""What is done with each packet and each frame of a recording, in C."""

from typing import Final, Self, final

from relay.recording.seekable import Index
from relay.tap import Packet

MAX_PICTURE: Final[int]
"""Octets."""
MAX_PIECES: Final[int]
"""Packets of a picture."""
OPUS_RATE: Final[int]

def opus_samples(payload: bytes, /) -> int:
    """How long an Opus packet plays, in samples at 48 kHz (RFC 6716 section 3.1)."""

@final
class Frame:
    """One encoded picture, or one packet of sound."""

    def __new__(
        cls, data: bytes, keyframe: bool, timestamp: int, arrival: float, lost: bool = False
    ) -> Self: ...
    @property
    def data(self) -> bytes: ...
    @property
    def keyframe(self) -> bool: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def arrival(self) -> float:
        """Of its first packet."""

    @property
    def lost(self) -> bool:
        """Something between the frame before and this one never came, or showed nothing."""

@final
class VideoDepacketizer:
    """Whole frames of which every reference is there.

    A picture predicted from one that is missing is garbage until the next keyframe, so nothing
    comes out of here from a loss to the next keyframe.
    """

    def __new__(cls, codec_name: str) -> Self:
        """Of `VP8` or `H264`; raises ValueError."""

    def feed(self, lost: int, packets: list[Packet], /) -> list[Frame]:
        """The frames that these packets complete, before which so many were lost."""

    @property
    def needs_keyframe(self) -> bool: ...
    @property
    def unreadable(self) -> int:
        """Payloads that could not be read."""

    @property
    def discarded(self) -> int:
        """Whole pictures that show nothing without one before them;
        before the first keyframe none is counted.
        """

@final
class SoundDepacketizer:
    """Opus: a packet is a frame, which needs none before it."""

    def feed(self, lost: int, packets: list[Packet], /) -> list[Frame]:
        """The packets that can be played."""

    @property
    def unreadable(self) -> int:
        """Payloads of an impossible duration."""

    @property
    def discarded(self) -> int: ...

@final
class SmallestDelay:
    """The minimum of samples over the last one to two windows, so that it follows a drift."""

    def __new__(cls, window: float) -> Self:
        """In seconds."""

    def observe(self, sample: float, now: float, /) -> None:
        """One delay in seconds; its origin is any, but always the same."""

    @property
    def value(self) -> float:
        """Infinite before the first sample."""

@final
class SenderClock:
    """One participant's NTP clock as seen from here; the timelines of all its sources share it."""

    def __new__(cls) -> Self: ...

@final
class Timeline:
    """One stream: RTP timestamp in, time of capture on the server's clock out, in seconds.

    See timeline.h.
    """

    def __new__(cls, clock_rate: int, sender: SenderClock) -> Self:
        """Of so many ticks a second."""

    def unwrap(self, timestamp: int, /) -> int:
        """The 32-bit timestamp of the packet or report at hand as a number that does not wrap."""

    def sender_report(self, ntp_time: int, timestamp: int, arrival: float, /) -> None:
        """A report's 64-bit NTP time and its unwrapped RTP timestamp: the line is what they say."""

    def capture_time(self, timestamp: int, arrival: float, /) -> float:
        """Of the frame with this unwrapped timestamp whose first packet arrived at `arrival`."""

@final
class Placement:
    """One stream: frames in the order of sending in, the same with their times of capture out.

    It tells a capture that stood still from packets that were late; see python_placement.h.
    """

    def __new__(cls, timeline: Timeline) -> Self: ...
    def add(self, frames: list[Frame], /) -> list[tuple[Frame, float]]:
        """The frames whose times are known with these."""

    def reported(self, timestamp: int, /) -> list[tuple[Frame, float]]:
        """A sender report of this unwrapped timestamp has told the line: no more need to guess."""

    def expire(self, now: float, /) -> list[tuple[Frame, float]]:
        """Those after which nothing has come for a while."""

    def flush(self) -> list[tuple[Frame, float]]:
        """All, at the end."""

class ClusterWriter:
    """See relay.recording.webm.Muxer."""

    def __new__(
        cls, header: bytes, index: Index, *, video: bool, audio: bool, lengths: bool
    ) -> Self:
        """Which tracks there are; with `lengths` H.264 is written as files have it."""

    def video(self, frame: Frame, time_ms: int, /) -> list[bytes]:
        """Times of one track must grow from frame to frame."""

    def audio(self, payload: bytes, samples: int, /) -> list[bytes]:
        """One Opus packet; `samples` is its time at 48 kHz."""

    def close(self) -> list[bytes]:
        """What was held back. Nothing may be muxed afterwards."""
