"""The last packets of one uplink stream, for retransmission and to tell duplicates."""

from collections import deque

from tests.support.rtp import RtpPacket

SIZE = 1024
BLOCK = 16 << 10
BLOCKS = 64
"""At most so many packets and blocks of octets: 1 MiB, three keyframes of a screen at 1080p,
1 s at 8 Mbit/s.
"""
BLOCKS_KEPT = 8
KEEP = 0.8
"""Seconds for which blocks above BLOCKS_KEPT are kept; within it a subscriber behind a round trip
of 600 ms has asked.
"""


class PacketCache:
    """A ring over extended sequence numbers,
    whose packets lie one behind the other in blocks of octets.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._ring: list[tuple[int, int, RtpPacket] | None] = [None] * SIZE
        """Number, block (counted from the first one ever), packet."""
        self._newest = 0
        self._first = 0
        self._newest_at: deque[float] = deque()
        """Of each block from the first on, when its last packet came."""
        self._used = 0

    def add(self, extended: int, packet: RtpPacket, now: float) -> bool:
        """Keep the packet. False: seen before, or too old to tell,
        so it must not be forwarded (again).

        Sending two different packets with one sequence number would use an SRTP nonce twice (RFC
        7714 8.1).
        """
        if extended <= self._newest - SIZE or extended in self._seen:
            return False
        self._newest = max(self._newest, extended)
        self._seen.add(extended)
        if len(self._seen) > 2 * SIZE:
            self._seen = {number for number in self._seen if number > self._newest - SIZE}
        self._make_room(len(packet.data), now)
        self._newest_at[-1] = now
        self._used += len(packet.data)
        self._ring[extended % SIZE] = (extended, self._first + len(self._newest_at) - 1, packet)
        return True

    def _make_room(self, length: int, now: float) -> None:
        if self._newest_at and self._used + length <= BLOCK:
            return
        while self._spare(now):
            self._newest_at.popleft()
            self._first += 1
        self._newest_at.append(now)
        self._used = 0

    def _spare(self, now: float) -> bool:
        count = len(self._newest_at)
        return count == BLOCKS or (count >= BLOCKS_KEPT and now - self._newest_at[0] > KEEP)

    def had(self, extended: int) -> bool:
        """Whether the packet was there once, or is so old that nobody can tell."""
        return extended <= self._newest - SIZE or extended in self._seen

    def get(self, extended: int) -> RtpPacket | None:
        """The packet of that number, if it is still there."""
        entry = self._ring[extended % SIZE]
        return entry[2] if entry and entry[0] == extended and entry[1] >= self._first else None
