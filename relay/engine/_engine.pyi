# ruff: noqa: PYI021  the stub is where this API is told
"""The C part of the engine: peers are known by the key that `add` gave; unknown keys are passed over.

All methods may be called while the packet thread runs; each waits at most for the batch that it works on (about
0.5 ms). Times are time.monotonic() in seconds, addresses (host, port) with a literal IP address.
"""

from typing import TypeAlias, TypedDict

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""Host and port; with flow and scope for IPv6, as Python's sockets have them."""
CodecTuple: TypeAlias = tuple[int, int, int, int, str]
"""Payload type, RTX payload type (-1: none), coding (0 other, 1 VP8, 2 H.264), clock rate, format: codecs of equal
format are the same to a decoder."""
UplinkTuple: TypeAlias = tuple[str, str, bool, int, bool, list[CodecTuple], int, int]
"""MID, rid (layers of one MID together, the highest first; empty: no layers), keep it as it is, token (Python's name
of it), video, codecs, SSRC and RTX SSRC (-1: not declared)."""
SlotTuple: TypeAlias = tuple[str, bool, list[CodecTuple], int, int, int, int, str, int, int]
"""MID, video, codecs, SSRC, RTX SSRC (0: none), ids of the MID and abs-send-time extensions (0: none), CNAME, first
sequence number (below 2^15), first timestamp. An SSRC that the peer had before goes on with its numbers."""
UplinkStats: TypeAlias = tuple[str, str, int, int, int, int, int, float, float, int, int, int, bool, str]
"""MID, format, token, packets, bytes, bits/s, lost, fraction lost or lastingly refused, jitter (ms), NACKs,
retransmitted, PLIs, active or refused, rid."""
SlotStats: TypeAlias = tuple[
    str, str, int, int, int, int, int, float, float, int, int, int, int, float | None, bool, str
]
"""MID, format, token of the source (0: none), packets, bytes, bits/s, lost, fraction lost, jitter (ms), NACKs,
retransmitted, PLIs, NACKed and still in the cache, fraction lost over the last long stretch, reported on while
flowing, rid of the source."""
PeerStats: TypeAlias = tuple[list[UplinkStats], list[SlotStats], float | None, int | None, int, bool]
"""Uplinks, slots, round trip (ms), cap told (bits/s), bytes sent, whether it goes on sending RTP of no uplink."""
ControlItem: TypeAlias = tuple[int, Address, str | None, bytes]
"""Peer (0: the address passed no check), source, which of our addresses it came to (none: the socket is bound to
one), STUN or DTLS datagram."""
TapPacket: TypeAlias = tuple[int, bool, bytes, float]
"""See relay.tap.Packet."""
TapItem: TypeAlias = tuple[int, int, int, int, int, int, list[TapPacket], float, int, int]
"""Kind (0 RTP, 1 sender report, 2 source ended, 3 lost), peer, token, payload type, SSRC, extended sequence number of
the first packet, packets that follow each other without a gap, arrival of the first, NTP time, RTP time; of `lost`,
how many packets of the source did not fit since its last one, in place of the RTP time."""

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
    """A batch's oldest datagram from the socket until all is sent: up to 16 us, 32 us, … 16 ms, more."""
    delay_sum: float
    """Seconds."""

def use_libsrtp(protect: int, unprotect: int, protect_rtcp: int, unprotect_rtcp: int) -> None:
    """Addresses of libsrtp's functions; once, before anything else."""

class Engine:
    """One UDP port's peers and packets, and the thread that serves them."""

    event_fd: int
    """Readable when there are `datagrams` or `taps`."""

    def __init__(self, fd: int, epoch: float, max_video_bitrate_bps: int, taps_bytes: int = ...) -> None:
        """`fd`: a bound blocking UDP socket that stays the caller's; -1: no socket, `receive` and `tick` are called.

        `epoch` + monotonic seconds are seconds since 1900. `taps_bytes`, a power of two, is the most that may wait
        for the recorder; below it there is room for 3 s of each tapped peer. Packets that do not fit are counted as
        `recorder_too_slow`, told in their place, and answered by asking for a keyframe. Raises MemoryError.
        """

    def start(self) -> None:
        """Start the thread. Raises OSError."""

    def close(self) -> None:
        """Stop the thread and free everything; harmless to repeat. SRTP sessions may be freed afterwards."""

    def add(self, rtcp_ssrc: int) -> int:
        """A new peer, its key."""

    def remove(self, peer: int) -> None:
        """End its tracks; its SRTP sessions may be freed afterwards."""

    def secure(self, peer: int, receive: int, send: int) -> None:
        """Addresses of the libsrtp sessions; they must live until `remove`."""

    def negotiate(
        self,
        peer: int,
        uplinks: list[UplinkTuple],
        slots: list[SlotTuple],
        mid_id: int,
        transport_sequence_id: int,
        rid_id: int,
        repaired_rid_id: int,
    ) -> None:
        """Take over the m-lines; those not named end. Raises ValueError, and then nothing has changed."""

    def bind(self, address: Address, peer: int) -> None:
        """Datagrams from this address are the peer's; nobody's with 0."""

    def direct(self, peer: int, address: Address | None, local: str | None = None) -> None:
        """Send to the peer there, from this address of ours (none: the socket's); nowhere with none."""

    def route(self, peer: int, slot_mid: str, publisher: int, uplink_mid: str) -> None:
        """Put an uplink on a slot; nothing, if there is no such uplink."""

    def tap(self, peer: int, on: bool) -> None:
        """Hand all packets of the peer's uplinks to `taps` too."""

    def request_keyframe(self, peer: int, uplink_mid: str) -> None:
        """Throttled to one each half second."""

    def disconnected(self, peer: int) -> None:
        """Its sources end until packets come again."""

    def datagrams(self, most: int) -> list[ControlItem]:
        """At most so many that came for Python, in order. Whoever waits on `event_fd` calls this before `taps`."""

    def taps(self) -> list[TapItem]:
        """What tapped peers sent since the last call, in order."""

    def last_heard(self, peer: int) -> float | None:
        """When its last authenticated packet came."""

    def stats(self, peer: int) -> PeerStats | None:
        """Its counters."""

    def counters(self) -> Counters:
        """Of the port."""

    def receive(self, peer: int, datagram: bytes, now: float) -> list[tuple[int, bytes]]:
        """Without a socket: what is sent to whom because of this datagram."""

    def tick(self, now: float, interval: float = 0.0) -> list[tuple[int, bytes]]:
        """Without a socket: what is due now to everybody; with an interval (s), to those whose turn in it came since
        the last such call."""
