"""What a recorder sees of a participant: every decrypted packet, beside the subscribers.

A tap is one more subscriber of a participant's sources, without a transport behind it.
"""

from typing import Protocol

from relay.media import Codec, Source


class Tap(Protocol):
    """Called on the event loop, once per packet: must be quick and must never raise."""

    def rtp(self, source: Source, codec: Codec, packet: bytes, arrival: float) -> None:
        """One whole RTP packet as the publisher numbered it, each sequence number at most once per SSRC.

        Packets come in order of arrival, so a retransmitted one comes late; RTX (RFC 4588) is already restored to
        the primary stream; packets that hold only padding are there too, as their numbers would read as lost. A new
        SSRC means that the publisher started over (page reload): its sequence numbers and timestamps have no
        relation to the earlier ones.
        `arrival` is time.monotonic() in seconds.
        """

    def sender_report(self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float) -> None:
        """The publisher's clock: the 64-bit NTP time and the RTP timestamp of the same instant (RFC 3550 6.4.1)."""

    def source_ended(self, source: Source) -> None:
        """The peer disconnected, left, sent BYE, or took the m-line away; packets may come again after a rejoin."""
