"""RTP packets: parsing what a peer sent, building what a subscriber gets."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rtp import (
    MalformedPacketError,
    RtpPacket,
    abs_send_time,
    build,
    extension_element,
    restore,
)

HEAD = (0x80 | 96, 65535, 123456, 0xDEADBEEF)


def test_a_built_packet_parses_to_what_it_was_built_from() -> None:
    elements = extension_element(1, b"mid") + extension_element(14, b"x" * 16)
    packet = RtpPacket(build(HEAD, elements, b"payload"))
    assert (
        packet.marker | packet.payload_type,
        packet.sequence,
        packet.timestamp,
        packet.ssrc,
    ) == HEAD
    assert packet.extensions == {1: b"mid", 14: b"x" * 16}
    assert packet.payload == b"payload"


def test_csrcs_and_a_two_byte_extension_header_are_read() -> None:
    head = struct.pack("!BBHII", 0x92, 96, 7, 8, 9) + bytes(8)
    packet = RtpPacket(
        head + struct.pack("!HH", 0x1000, 2) + bytes((5, 3)) + b"abc" + bytes((6, 0, 0)) + b"data"
    )
    assert packet.extensions == {5: b"abc", 6: b""}
    assert packet.payload == b"data"


def test_padding_is_no_payload() -> None:
    packet = RtpPacket(build(HEAD, b"", b"data\0\0\3", padding_bit=0x20))
    assert packet.payload == b"data"


def test_padding_longer_than_the_packet_leaves_no_payload() -> None:
    assert RtpPacket(build(HEAD, b"", b"\xff", padding_bit=0x20)).payload == b""


def test_an_element_that_the_one_byte_form_cannot_carry_is_left_out() -> None:
    assert (
        extension_element(15, b"x")
        == extension_element(0, b"x")
        == extension_element(1, b"")
        == b""
    )
    assert extension_element(1, bytes(17)) == b""


def test_rtx_is_restored_to_the_original() -> None:
    original = build((0x80 | 96, 500, 123456, 1), extension_element(3, b"ab"), b"payload")
    rtx = build(
        (0x80 | 97, 9, 123456, 2),
        extension_element(3, b"ab"),
        (500).to_bytes(2, "big") + b"payload",
    )
    restored = restore(RtpPacket(rtx), payload_type=96, ssrc=1)
    assert restored is not None
    assert restored.data == original


def test_an_rtx_packet_of_padding_restores_to_nothing() -> None:
    probe = build((97, 9, 123456, 2), b"", bytes(199) + b"\xc8", padding_bit=0x20)
    assert restore(RtpPacket(probe), payload_type=96, ssrc=1) is None


def test_the_send_time_counts_in_24_bits_and_wraps_after_64_seconds() -> None:
    assert abs_send_time(1.0) == b"\x04\x00\x00"
    assert abs_send_time(65.0) == abs_send_time(1.0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80" * 11,
        b"\x00" * 12,  # version 0
        b"\x8f" + bytes(11),  # 15 CSRCs in 12 octets
        b"\x90" + bytes(11),  # an extension that is not there
        b"\x90" + bytes(11) + struct.pack("!HH", 0xBEDE, 9),
        b"\x90"
        + bytes(11)
        + struct.pack("!HHI", 0xBEDE, 1, 0x1F000000),  # an element longer than the block
        b"\x90" + bytes(11) + struct.pack("!HHI", 0x1000, 1, 0x01FF0000),
    ],
)
def test_a_malformed_packet_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedPacketError):
        RtpPacket(data)


@given(st.binary(max_size=200))
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    with contextlib.suppress(MalformedPacketError):
        packet = RtpPacket(data)
        assert len(packet.payload) == packet.payload_length


@given(st.binary(min_size=12, max_size=100).map(lambda data: b"\x90" + data[1:]))
def test_any_rtx_restores_or_is_refused(data: bytes) -> None:
    with contextlib.suppress(MalformedPacketError):
        restore(RtpPacket(data), 96, 1)
