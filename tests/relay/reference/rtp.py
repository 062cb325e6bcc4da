"""RTP packets (RFC 3550 5.1), header extensions (RFC 8285) and retransmissions (RFC 4588), written."""

import struct

from relay.rtp import HEADER, MalformedPacketError, RtpPacket

__all__ = ["MalformedPacketError", "RtpPacket", "abs_send_time", "build", "extension_element", "restore"]

_EXTENSION_HEADER = struct.Struct("!HH")
_ONE_BYTE_PROFILE = 0xBEDE


def extension_element(identifier: int, value: bytes) -> bytes:
    """One element of a one-byte header; empty where that form cannot carry it (id 1-14, 1-16 octets)."""
    if not (1 <= identifier <= 14 and 1 <= len(value) <= 16):
        return b""
    return bytes((identifier << 4 | len(value) - 1,)) + value


def build(head: tuple[int, int, int, int], extensions: bytes, payload: bytes, padding_bit: int = 0) -> bytes:
    """A packet of (marker bit and payload type, sequence, timestamp, SSRC), extension elements and payload."""
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
    """The original of an RTX packet (RFC 4588 4); none if it is only padding, as bandwidth probes are.

    Extensions stay as the retransmission had them.
    """
    if packet.payload_length <= 2:
        return None
    offset, data = packet.payload_offset, packet.data
    head = HEADER.pack(data[0], packet.marker | payload_type, 0, packet.timestamp, ssrc)
    return RtpPacket(head[:2] + data[offset : offset + 2] + head[4:] + data[12:offset] + data[offset + 2 :])


def abs_send_time(now: float) -> bytes:
    """Seconds as 24-bit fixed point with 18 bits of fraction; wraps every 64 s."""
    return (int(now * 262144) & 0xFFFFFF).to_bytes(3, "big")
