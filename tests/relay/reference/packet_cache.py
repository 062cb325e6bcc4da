"""The last packets of one uplink stream, for retransmission and to tell duplicates."""

from tests.relay.reference.rtp import RtpPacket

SIZE = 512
OCTETS = 256 << 10
"""At most so many packets and octets: 0.8 s of video at 2.5 Mbit/s, four round trips of a slow link."""


class PacketCache:
    """A ring over extended sequence numbers, whose packets lie one behind the other in a ring of octets."""

    def __init__(self) -> None:
        self._ring: list[tuple[int, int, RtpPacket] | None] = [None] * SIZE
        """Number, first octet (of all ever written), packet."""
        self._newest = 0
        self._written = 0

    def add(self, extended: int, packet: RtpPacket) -> bool:
        """Keep the packet. False: seen before, or too old to tell, so it must not be forwarded (again).

        Sending two different packets with one sequence number would use an SRTP nonce twice (RFC 7714 8.1).
        """
        if extended > self._newest:
            self._newest = extended
        elif extended <= self._newest - SIZE or self._entry(extended) is not None:
            return False
        self._ring[extended % SIZE] = (extended, self._write(len(packet.data)), packet)
        return True

    def _write(self, length: int) -> int:
        to_end = OCTETS - self._written % OCTETS
        at = self._written + (to_end if length > to_end else 0)
        self._written = at + length
        return at

    def _entry(self, extended: int) -> tuple[int, int, RtpPacket] | None:
        entry = self._ring[extended % SIZE]
        return entry if entry and entry[0] == extended else None

    def get(self, extended: int) -> RtpPacket | None:
        """The packet of that number, if it is still there."""
        entry = self._entry(extended)
        return entry[2] if entry and self._written - entry[1] <= OCTETS else None
