# ruff: noqa: PYI021  the stub is where this API is told
"""The C part of the engine: peers are known by the key that `add` gave;
unknown keys are passed over.

All methods may be called while the packet thread runs; each waits at most for the batch that it
works on (about 0.5 ms). Times are time.monotonic() in seconds, addresses (host, port) with a
literal IP address.
"""

from typing import Final, NamedTuple, TypeAlias, TypedDict

from relay.tap import Packet

PRECEDENCE: Final[int]
"""The nice value that the packet thread asks for."""

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""Host and port; with flow and scope for IPv6, as Python's sockets have them."""

class CodecTerms(TypedDict):
    """A codec as one peer numbers it."""

    payload_type: int
    rtx_payload_type: int
    """-1: none."""
    coding: int
    """0 other, 1 VP8, 2 H.264."""
    clock_rate: int
    format: str
    """Codecs of equal format are the same to a decoder."""

class UplinkTerms(TypedDict):
    """What was agreed on a source that a peer sends, or on one layer of it."""

    mid: str
    rid: str
    """Layers of one MID come together, the highest first; empty: no layers."""
    kept: bool
    """Keep the one that there is as it is."""
    token: int
    """Python's name of the source."""
    video: bool
    codecs: list[CodecTerms]
    ssrc: int
    """-1: not declared."""
    rtx_ssrc: int
    """-1: not declared."""

class SlotTerms(TypedDict):
    """What was agreed on a slot. An SSRC that the peer had before goes on with its numbers."""

    mid: str
    video: bool
    codecs: list[CodecTerms]
    ssrc: int
    rtx_ssrc: int
    """0: none."""
    mid_id: int
    """Of the header extension; 0: none."""
    send_time_id: int
    """Of abs-send-time; 0: none."""
    stream: str
    """The CNAME."""
    first_sequence: int
    """Below 2^15."""
    first_timestamp: int

# What comes out are struct sequences (PyStructSequence); they are never made in Python.

class UplinkStats(NamedTuple):
    """What a peer sends on one layer."""

    mid: str
    format: str
    rid: str
    token: int
    packets: int
    bytes: int
    bitrate_bps: int
    lost: int
    loss: float
    """0 to 1; of what came, or lastingly of what was refused."""
    jitter_ms: float
    nacks: int
    retransmitted: int
    plis: int
    active: bool
    """Packets come, or are refused."""

class SlotStats(NamedTuple):
    """What a peer receives on one slot."""

    mid: str
    format: str
    rid: str
    """Of the source."""
    token: int
    """Of the source; 0: none."""
    packets: int
    bytes: int
    bitrate_bps: int
    lost: int
    loss: float
    jitter_ms: float
    nacks: int
    retransmitted: int
    plis: int
    cached: int
    """Of the NACKed packets, those that were still in the cache."""
    own_loss: float | None
    """Of what was sent, over the last long stretch."""
    own_jitter_ms: float
    """Beyond what the stream had when it came from its publisher."""
    reported: bool
    """Packets go out, and the subscriber reports on them."""

class PeerStats(NamedTuple):
    """One peer."""

    uplinks: list[UplinkStats]
    slots: list[SlotStats]
    rtt_ms: float | None
    cap_bps: int | None
    """What it was told to send at most."""
    budget_bps: int | None
    """Video that it can take."""
    bytes_sent: int
    """RTP to it."""
    strangers: bool
    """It goes on sending RTP of no uplink."""

class ControlDatagram(NamedTuple):
    """A datagram that is not media."""

    peer: int
    """0: the address passed no check."""
    address: Address
    """Where it came from."""
    local: str | None
    """Which of our addresses it came to; none: the socket is bound to one."""
    data: bytes
    """STUN or DTLS."""

class TapItem(NamedTuple):
    """What a tapped peer sent."""

    kind: int
    """0 RTP, 1 sender report, 2 source ended, 3 lost."""
    peer: int
    token: int
    """Of the source."""
    payload_type: int
    ssrc: int
    sequence: int
    """Extended, of the first packet."""
    packets: list[Packet]
    """Those that follow each other without a gap."""
    arrival: float
    """Of the first."""
    ntp_time: int
    rtp_timestamp: int
    lost: int
    """How many packets of the source did not fit since its last one."""

class Counters(TypedDict):
    """Since the engine was opened."""

    dropped: dict[str, int]
    """By reason."""
    received_packets: int
    forwarded_packets: int
    batches: list[int]
    """Received together: 1, 2, up to 4, 8, … 64 datagrams, more."""
    datagrams: int
    """In all batches."""
    delays: list[int]
    """A batch's oldest datagram from the socket until all is sent: up to 16 us, 32 us, … 16 ms,
    more.
    """
    delay_sum: float
    """Seconds."""

def use_libsrtp(protect: int, unprotect: int, protect_rtcp: int, unprotect_rtcp: int) -> None:
    """Addresses of libsrtp's functions; once, before anything else."""

class Engine:
    """One UDP port's peers and packets, and the thread that serves them."""

    event_fd: int
    """Readable when there are `datagrams` or `taps`."""

    def __init__(
        self, fd: int, epoch: float, max_video_bitrate_bps: int, taps_bytes: int = ...
    ) -> None:
        """`fd`: a bound blocking UDP socket that stays the caller's; -1: no socket,
        `receive` and `tick` are called.

        `epoch` + monotonic seconds are seconds since 1900. `taps_bytes`, a power of two, is the
        most that may wait for the recorder; below it there is room for 3 s of each tapped peer.
        Packets that do not fit are counted as `recorder_too_slow`, told in their place, and
        answered by asking for a keyframe. Raises MemoryError.
        """

    def start(self) -> None:
        """Start the thread. Raises OSError."""

    def close(self) -> None:
        """Stop the thread and free everything; harmless to repeat.

        SRTP sessions may be freed afterwards.
        """

    def add(self, rtcp_ssrc: int) -> int:
        """A new peer, its key."""

    def remove(self, peer: int) -> None:
        """End its tracks; its SRTP sessions may be freed afterwards."""

    def secure(self, peer: int, receive: int, send: int) -> None:
        """Addresses of the libsrtp sessions; they must live until `remove`."""

    def negotiate(
        self,
        peer: int,
        *,
        uplinks: list[UplinkTerms],
        slots: list[SlotTerms],
        mid_id: int,
        transport_sequence_id: int,
        rid_id: int,
        repaired_rid_id: int,
    ) -> None:
        """Take over the m-lines; those not named end.

        Raises ValueError for what does not fit and TypeError for a field that is missing or
        unknown, and then nothing has changed.
        """

    def bind(self, address: Address, peer: int) -> None:
        """Datagrams from this address are the peer's; nobody's with 0."""

    def direct(self, peer: int, address: Address | None, local: str | None = None) -> None:
        """Send to the peer there, from this address of ours (none: the socket's); nowhere
        with none.
        """

    def route(self, peer: int, slot_mid: str, publisher: int, uplink_mid: str) -> None:
        """Put an uplink on a slot; nothing, if there is no such uplink."""

    def tap(self, peer: int, on: bool) -> None:
        """Hand all packets of the peer's uplinks to `taps` too."""

    def request_keyframe(self, peer: int, uplink_mid: str) -> None:
        """Throttled to one each half second."""

    def disconnected(self, peer: int) -> None:
        """Its sources end until packets come again."""

    def datagrams(self, most: int) -> list[ControlDatagram]:
        """At most so many that came for Python, in order.

        Whoever waits on `event_fd` calls this before `taps`.
        """

    def taps(self) -> list[TapItem]:
        """What tapped peers sent since the last call, in order."""

    def last_heard(self, peer: int) -> float | None:
        """When its last authenticated packet came."""

    def stats(self, peer: int) -> PeerStats | None:
        """Its counters."""

    def counters(self) -> Counters:
        """Of the port."""

    def receive(
        self, peer: int, datagram: bytes, now: float, interval: float = 0.0
    ) -> list[tuple[int, bytes]]:
        """Without a socket: what is sent to whom because of this datagram; with an interval (s),
        then also what is due, as `tick` has it.
        """

    def tick(self, now: float, interval: float = 0.0) -> list[tuple[int, bytes]]:
        """Without a socket: what is due now to everybody; with an interval (s), to those whose turn
        in it came since the last such call, or who were just sent something.
        """
