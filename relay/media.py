"""The words of the media plane: sources, qualities, codecs, m-lines, slots,
as negotiation hands them to forwarding.

Pure data; nothing here does I/O. Terms are those of JSEP (RFC 8829), BUNDLE (RFC 9143) and RTP (RFC
3550).
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["audio", "video"]
Source = Literal["microphone", "camera", "screen"]
PartSource = Literal["camera", "screen"]
"""Of a recorded part; `camera` holds the microphone, too."""
Direction = Literal["up", "down"]
"""From a participant to the server, and from the server to a participant."""
Quality = Literal["poor", "fair", "good", "excellent"]
Condition = Literal["lost", "poor", "fair", "good", "excellent"]
"""The scale that people are shown. Lost: nothing is heard of them, whatever it was like before."""

SOURCES: frozenset[Source] = frozenset(get_args(Source))
KIND_OF_SOURCE: dict[Source, Kind] = {"microphone": "audio", "camera": "video", "screen": "video"}


@dataclass(frozen=True)
class Codec:
    """One RTP payload type as one peer numbers it."""

    payload_type: int
    name: str
    """Encoding name as registered: `VP8`, `H264`, `opus`."""
    clock_rate: int
    channels: int = 1
    parameters: dict[str, str] = field(default_factory=dict)
    """The `a=fmtp` parameters of the answer."""
    rtx_payload_type: int | None = None
    feedback: tuple[str, ...] = ()
    """The agreed `a=rtcp-fb` values, such as `nack`, `nack pli`, `transport-cc`, `goog-remb`."""


@dataclass(frozen=True)
class Uplink:
    """One m-line on which the peer sends: one source in one or more codecs."""

    mid: str
    kind: Kind
    source: Source
    codecs: tuple[Codec, ...]
    """In the order of the answer; the first is what the peer sends unless told otherwise."""
    extensions: dict[str, int]
    """Header extension URI → id as the peer numbers it (RFC 8285)."""
    ssrc: int | None = None
    """Declared by `a=ssrc`; none if the peer leaves it to the MID header extension."""
    rtx_ssrc: int | None = None
    rids: tuple[str, ...] = ()
    """Simulcast (RFC 8853): the layers of the picture, the largest first; their packets name them
    by header extension. Empty: one layer.
    """


@dataclass(frozen=True)
class Slot:
    """One m-line on which the server sends to the peer, whoever's source it carries at the time.

    The server picks `ssrc` and `rtx_ssrc` once per connection, so that a source can be put on the
    slot, taken off and replaced without another offer: the rewritten stream stays continuous in
    sequence number and timestamp.
    """

    mid: str
    kind: Kind
    codecs: tuple[Codec, ...]
    extensions: dict[str, int]
    ssrc: int
    rtx_ssrc: int | None = None
    stream: str = ""
    """The MediaStream the browser puts the track into, also the RTCP CNAME. The audio and the video
    slot with the same stream are played in lip sync, so a participant's microphone and camera
    belong there. The second video slot has the stream `screen`, whatever number of slots is added
    later.
    """


@dataclass(frozen=True)
class Assignment:
    """Which participant's source a slot carries."""

    mid: str
    participant_id: str
    source: Source


@dataclass(frozen=True)
class SlotCount:
    """How many receiving m-lines a peer needs for the room as it is."""

    audio: int
    video: int
