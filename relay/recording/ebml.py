"""EBML elements (RFC 8794), as far as Matroska and WebM (RFC 9559) need them here.

Identifiers keep their marker.
"""

import struct

EBML = 0x1A45DFA3
EBML_VERSION = 0x4286
EBML_READ_VERSION = 0x42F7
EBML_MAX_ID_LENGTH = 0x42F2
EBML_MAX_SIZE_LENGTH = 0x42F3
DOC_TYPE = 0x4282
DOC_TYPE_VERSION = 0x4287
DOC_TYPE_READ_VERSION = 0x4285
VOID = 0xEC
SEGMENT = 0x18538067
SEEK_HEAD = 0x114D9B74
SEEK = 0x4DBB
SEEK_ID = 0x53AB
SEEK_POSITION = 0x53AC
INFO = 0x1549A966
TIMESTAMP_SCALE = 0x2AD7B1
DURATION = 0x4489
MUXING_APP = 0x4D80
WRITING_APP = 0x5741
TRACKS = 0x1654AE6B
TRACK_ENTRY = 0xAE
TRACK_NUMBER = 0xD7
TRACK_TYPE = 0x83
TRACK_UID = 0x73C5
FLAG_LACING = 0x9C
LANGUAGE = 0x22B59C
CODEC_ID = 0x86
CODEC_PRIVATE = 0x63A2
CODEC_DELAY = 0x56AA
SEEK_PRE_ROLL = 0x56BB
VIDEO = 0xE0
PIXEL_WIDTH = 0xB0
PIXEL_HEIGHT = 0xBA
AUDIO = 0xE1
CHANNELS = 0x9F
SAMPLING_FREQUENCY = 0xB5
CLUSTER = 0x1F43B675
TIMESTAMP = 0xE7
SIMPLE_BLOCK = 0xA3
CUES = 0x1C53BB6B
CUE_POINT = 0xBB
CUE_TIME = 0xB3
CUE_TRACK_POSITIONS = 0xB7
CUE_TRACK = 0xF7
CUE_CLUSTER_POSITION = 0xF1

UNKNOWN_SIZE = -1
SIZE_WIDTH = 8
"""Octets of a size or a position that is filled in later, or must not move what follows."""


def encode_id(identifier: int) -> bytes:
    return identifier.to_bytes((identifier.bit_length() + 7) // 8, "big")


def encode_size(size: int, width: int | None = None) -> bytes:
    """A variable-size integer, the shortest by default;
    `width` is in octets (RFC 8794 section 4).
    """
    if width is None:
        width = next(n for n in range(1, 9) if size < (1 << 7 * n) - 1)
    return (size | 1 << 7 * width).to_bytes(width, "big")


def element(identifier: int, payload: bytes) -> bytes:
    return encode_id(identifier) + encode_size(len(payload)) + payload


def unsigned(identifier: int, value: int, width: int | None = None) -> bytes:
    return element(
        identifier, value.to_bytes(width or max(1, (value.bit_length() + 7) // 8), "big")
    )


def float64(identifier: int, value: float) -> bytes:
    return element(identifier, struct.pack("!d", value))


def decode_header(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Identifier, size (or UNKNOWN_SIZE) and where the payload begins; none
    if `data` ends inside the header.

    Raises ValueError for what cannot be an element.
    """
    if at >= len(data):
        return None
    id_width, size_at = _width(data[at]), at + _width(data[at])
    if id_width > 4:
        raise ValueError("EBML identifier is longer than 4 octets")
    if size_at >= len(data):
        return None
    payload_at = size_at + _width(data[size_at])
    if payload_at > len(data):
        return None
    bits = 7 * (payload_at - size_at)
    size = int.from_bytes(data[size_at:payload_at], "big") & ((1 << bits) - 1)
    identifier = int.from_bytes(data[at:size_at], "big")
    return identifier, UNKNOWN_SIZE if size == (1 << bits) - 1 else size, payload_at


def children(payload: bytes) -> list[tuple[int, bytes]]:
    """The elements of a whole master element; raises ValueError if they do not fill it."""
    found, at = [], 0
    while at < len(payload):
        header = decode_header(payload, at)
        if header is None or header[1] == UNKNOWN_SIZE or header[2] + header[1] > len(payload):
            raise ValueError("EBML element is truncated")
        identifier, size, start = header
        found.append((identifier, payload[start : start + size]))
        at = start + size
    return found


def _width(first: int) -> int:
    if first == 0:
        raise ValueError("EBML number is longer than 8 octets")
    return 9 - first.bit_length()
