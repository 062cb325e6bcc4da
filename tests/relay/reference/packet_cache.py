"""The last packets of one uplink stream, for retransmission and to tell duplicates."""

from tests.relay.reference.rtp import RtpPacket
from tests.relay.reference.sequence import nearest

SIZE = 512
"""Packets; 2 s of 2.5 Mbit/s video, longer than a subscriber's jitter buffer waits."""


class PacketCache:
    """A ring over extended sequence numbers."""

    def __init__(self) -> None:
        self._ring: list[tuple[int, RtpPacket] | None] = [None] * SIZE
        self._newest = 0

    def add(self, extended: int, packet: RtpPacket) -> bool:
        """Keep the packet. False: seen before, or too old to tell, so it must not be forwarded (again).

        Sending two different packets with one sequence number would use an SRTP nonce twice (RFC 7714 8.1).
        """
        if extended > self._newest:
            self._newest = extended
        elif extended <= self._newest - SIZE or self.get(extended) is not None:
            return False
        self._ring[extended % SIZE] = (extended, packet)
        return True

    def get(self, extended: int) -> RtpPacket | None:
        """The packet of that number, if it is still there."""
        entry = self._ring[extended % SIZE]
        return entry[1] if entry and entry[0] == extended else None

    def has_sequence(self, sequence: int) -> bool:
        """Whether the packet that a 16-bit number now means is there."""
        return self.get(nearest(sequence, self._newest)) is not None
