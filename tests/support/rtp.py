"""RTP packets (RFC 3550 5.1), header extensions (RFC 8285) and retransmissions (RFC 4588), read
and written.
"""

import struct

HEADER = struct.Struct("!BBHII")
_EXTENSION_HEADER = struct.Struct("!HH")
_ONE_BYTE_PROFILE = 0xBEDE
_TWO_BYTE_PROFILE = 0x1000  # the low four bits are "appbits" (RFC 8285 4.3)


class MalformedPacketError(Exception):
    """The peer sent bytes that are no RTP or RTCP packet; counted and dropped by whoever parses."""


class RtpPacket:
    """One parsed packet. A plain slotted class: one is made for every packet that arrives."""

    __slots__ = (
        "data",
        "extensions",
        "marker",
        "payload_offset",
        "payload_type",
        "sequence",
        "ssrc",
        "timestamp",
    )

    sequence: int
    timestamp: int
    ssrc: int

    def __init__(self, data: bytes) -> None:
        """Parse a whole, decrypted packet. Raises MalformedPacketError."""
        if len(data) < 12:
            raise MalformedPacketError
        first, second, self.sequence, self.timestamp, self.ssrc = HEADER.unpack_from(data)
        if first >> 6 != 2:
            raise MalformedPacketError
        self.data = data
        self.marker: int = second & 0x80
        self.payload_type: int = second & 0x7F
        self.extensions: dict[int, bytes] = {}
        self.payload_offset: int = 12 + 4 * (first & 0x0F)
        if first & 0x10:
            self._read_extensions()
        if self.payload_offset > len(data):
            raise MalformedPacketError

    def _read_extensions(self) -> None:
        start = self.payload_offset + 4
        if start > len(self.data):
            raise MalformedPacketError
        profile, words = _EXTENSION_HEADER.unpack_from(self.data, start - 4)
        self.payload_offset = end = start + 4 * words
        if end > len(self.data):
            raise MalformedPacketError
        if profile == _ONE_BYTE_PROFILE:
            self.extensions = _one_byte_elements(self.data[start:end])
        elif profile & 0xFFF0 == _TWO_BYTE_PROFILE:
            self.extensions = _two_byte_elements(self.data[start:end])

    @property
    def payload_length(self) -> int:
        """Octets of payload without padding; 0 too where the padding claims more than there is."""
        length = len(self.data) - self.payload_offset
        if self.data[0] & 0x20 and length:
            length -= self.data[-1]
        return max(0, length)

    @property
    def payload(self) -> bytes:
        """Without padding."""
        return self.data[self.payload_offset : self.payload_offset + self.payload_length]


def _one_byte_elements(block: bytes) -> dict[int, bytes]:
    elements: dict[int, bytes] = {}
    offset, end = 0, len(block)
    while offset < end:
        head = block[offset]
        offset += 1
        if head == 0:  # padding
            continue
        if head >> 4 == 15:  # RFC 8285 4.2: stop here, keep what was read
            break
        stop = offset + 1 + (head & 0x0F)
        if stop > end:
            raise MalformedPacketError
        elements[head >> 4] = block[offset:stop]
        offset = stop
    return elements


def _two_byte_elements(block: bytes) -> dict[int, bytes]:
    elements: dict[int, bytes] = {}
    offset, end = 0, len(block)
    while offset < end:
        identifier = block[offset]
        offset += 1
        if identifier == 0:
            continue
        if offset >= end or offset + 1 + block[offset] > end:
            raise MalformedPacketError
        stop = offset + 1 + block[offset]
        elements[identifier] = block[offset + 1 : stop]
        offset = stop
    return elements


def extension_element(identifier: int, value: bytes) -> bytes:
    """One element of a one-byte header; empty where that form cannot carry it (id 1-14,
    1-16 octets).
    """
    if not (1 <= identifier <= 14 and 1 <= len(value) <= 16):
        return b""
    return bytes((identifier << 4 | len(value) - 1,)) + value


def build(
    head: tuple[int, int, int, int], extensions: bytes, payload: bytes, padding_bit: int = 0
) -> bytes:
    """A packet of (marker bit and payload type, sequence, timestamp, SSRC), extension elements
    and payload.
    """
    if not extensions:
        return HEADER.pack(0x80 | padding_bit, *head) + payload
    words = (len(extensions) + 3) // 4
    return b"".join(
        (
            HEADER.pack(0x90 | padding_bit, *head),
            _EXTENSION_HEADER.pack(_ONE_BYTE_PROFILE, words),
            extensions.ljust(4 * words, b"\0"),
            payload,
        )
    )


def restore(packet: RtpPacket, payload_type: int, ssrc: int) -> RtpPacket | None:
    """The original of an RTX packet (RFC 4588 4); none if it is only padding,
    as bandwidth probes are.

    Extensions stay as the retransmission had them.
    """
    if packet.payload_length <= 2:
        return None
    offset, data = packet.payload_offset, packet.data
    head = HEADER.pack(data[0], packet.marker | payload_type, 0, packet.timestamp, ssrc)
    return RtpPacket(
        head[:2] + data[offset : offset + 2] + head[4:] + data[12:offset] + data[offset + 2 :]
    )


def abs_send_time(now: float) -> bytes:
    """Seconds as 24-bit fixed point with 18 bits of fraction; wraps every 64 s."""
    return (int(now * 262144) & 0xFFFFFF).to_bytes(3, "big")
