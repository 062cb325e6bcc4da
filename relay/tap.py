"""What a recorder sees of a participant: every decrypted packet, beside the subscribers.

A tap is one more subscriber of a participant's sources, without a transport behind it.
"""

from typing import Protocol, TypeAlias

from relay.media import Codec, Source

Packet: TypeAlias = tuple[int, bool, bytes, float]
"""What an RTP packet brings: timestamp, marker, payload, and
when it arrived (time.monotonic() in seconds).

The payload is without padding, empty for a packet that only probes the bandwidth. A plain tuple, as
C makes it: there are thousands a second.
"""


class Tap(Protocol):
    """Called on the event loop, often: must be quick and must never raise."""

    def rtp(
        self, source: Source, codec: Codec, ssrc: int, sequence: int, packets: list[Packet]
    ) -> None:
        """One packet or more as the publisher numbered them, from `sequence` on without a gap.

        The list is to be left as it is. `sequence` is extended: it does not wrap, and where the
        publisher starts its numbers over on the same SSRC it goes on more than 65536 further (RFC
        3550 A.1).

        Each sequence number comes at most once per SSRC. Packets of a source come in order of
        arrival, so a retransmitted one comes late; RTX (RFC 4588) is already restored to the
        primary stream; packets that hold only padding are there too, as their numbers would read as
        lost. A new SSRC, or a step of more than 65536, means that the publisher started over: its
        sequence numbers and timestamps have no relation to the earlier ones.
        """

    def sender_report(
        self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float
    ) -> None:
        """The publisher's clock: the 64-bit NTP time
        and the RTP timestamp of the same instant (RFC 3550 6.4.1).
        """

    def lost(self, source: Source, packets: int) -> None:
        """So many packets of the source came and were thrown away before the next one:
        the event loop was too late.

        Their numbers are missing, as if the network had lost them. A keyframe has been asked for.
        """

    def source_ended(self, source: Source) -> None:
        """The peer disconnected, left, sent BYE, or took the m-line away;
        packets may come again after a rejoin.
        """
