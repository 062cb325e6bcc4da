"""What the header of a file must say of an H.264 byte stream (ITU-T H.264 Annex B):
parameter sets, size.
"""

from collections.abc import Iterator

SPS, PPS = 7, 8
MAX_SIDE = 16_384  # pixels; level 6.2 allows less, VP8 knows no more
# Octets; with all that it may hold but scaling matrices, which no WebRTC encoder sends, some 50.
_MAX_SPS = 1024
_MAX_SETS = 31  # as many as the record of a file can tell of (ISO/IEC 14496-15 section 5.3.3.1)
_MAX_ZEROS = 32  # of an Exp-Golomb number of 32 bits (9.1)
_WITH_CHROMA_FORMAT = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}


def units(stream: bytes) -> Iterator[bytes]:
    """The NAL units between start codes; no unit ends with a zero octet (7.4.1),
    those belong to the codes.
    """
    return (unit for piece in stream.split(b"\0\0\1") if (unit := piece.rstrip(b"\0")))


def configuration(frame: bytes) -> bytes:
    """The keyframe's AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1):
    lengths of four octets.
    """
    sps = _sps(frame)
    sets = [[unit for unit in units(frame) if unit[0] & 0x1F == kind] for kind in (SPS, PPS)]
    if any(len(some) > _MAX_SETS or max(map(len, some)) > _MAX_SPS for some in sets if some):
        raise ValueError("H.264 parameter sets are too many or too long")
    counts = 0xE0 | len(sets[0]), len(sets[1])
    listed = (
        bytes([count]) + b"".join(len(unit).to_bytes(2, "big") + unit for unit in some)
        for count, some in zip(counts, sets, strict=True)
    )
    return b"\1" + sps[1:4] + b"\xff" + b"".join(listed)


def profile(frame: bytes) -> str:
    """The `avc1` parameter of RFC 6381: profile, constraints, level.

    Raises ValueError without parameter sets.
    """
    if not any(unit[0] & 0x1F == PPS and len(unit) > 1 for unit in units(frame)):
        raise ValueError("no H.264 picture parameter set")
    return _sps(frame)[1:4].hex()


def picture_size(frame: bytes) -> tuple[int, int]:
    """Width and height of the sequence parameter set (7.3.2.1.1); raises ValueError
    if there is none to read.
    """
    unit = _sps(frame)
    bits = _Bits(unit[4:_MAX_SPS].replace(b"\0\0\3", b"\0\0"))
    bits.golomb()  # seq_parameter_set_id
    chroma_format = _chroma_format(bits) if unit[1] in _WITH_CHROMA_FORMAT else 1
    bits.golomb()  # log2_max_frame_num_minus4
    _skip_picture_order(bits)
    bits.golomb()  # max_num_ref_frames
    bits.take(1)  # gaps_in_frame_num_value_allowed_flag
    width, map_units = 16 * (bits.golomb() + 1), bits.golomb() + 1
    progressive = bits.take(1)
    if not progressive:
        bits.take(1)  # mb_adaptive_frame_field_flag
    bits.take(1)  # direct_8x8_inference_flag
    left, right, top, bottom = (bits.golomb() for _ in range(4)) if bits.take(1) else (0, 0, 0, 0)
    unit_x = 2 if chroma_format in (1, 2) else 1
    unit_y = (2 if chroma_format == 1 else 1) * (2 - progressive)
    width -= unit_x * (left + right)
    height = 16 * map_units * (2 - progressive) - unit_y * (top + bottom)
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ValueError("H.264 parameter set tells of an impossible picture")
    return width, height


def _sps(frame: bytes) -> bytes:
    for unit in units(frame):
        if unit[0] & 0x1F == SPS and len(unit) > 4:
            return unit
    raise ValueError("no H.264 sequence parameter set")


def _chroma_format(bits: "_Bits") -> int:
    chroma_format = bits.golomb()
    if chroma_format == 3:
        bits.take(1)  # separate_colour_plane_flag
    bits.golomb(), bits.golomb()  # bit depths
    bits.take(1)  # qpprime_y_zero_transform_bypass_flag
    if bits.take(1):
        raise ValueError("H.264 scaling matrices are not read")  # no WebRTC encoder sends them
    return chroma_format


def _skip_picture_order(bits: "_Bits") -> None:
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind == 1:
        bits.take(1)
        bits.golomb(), bits.golomb()
        for _ in range(min(bits.golomb(), 255)):
            bits.golomb()


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> int:
        """Up to 32 bits, in time that does not depend on how many there are."""
        begin, end = self._at, self._at + count
        if end > 8 * len(self._data):
            raise ValueError("H.264 parameter set is truncated")
        self._at = end
        octets = self._data[begin // 8 : (end + 7) // 8]
        return (int.from_bytes(octets, "big") >> -end % 8) & ((1 << count) - 1)

    def golomb(self) -> int:
        """Unsigned Exp-Golomb (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MAX_ZEROS:
                raise ValueError("H.264 parameter set holds a number that is too long")
        return (1 << zeros) - 1 + self.take(zeros)
