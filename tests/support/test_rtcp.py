"""RTCP: what peers send, and what the relay sends."""

import contextlib
import struct

import pytest
from aiortc import rtp as aiortc
from hypothesis import given
from hypothesis import strategies as st

from tests.support import rtcp
from tests.support.rtp import MalformedPacketError

REPORT = rtcp.Report(
    ssrc=7, fraction_lost=0.25, lost=-3, highest=70000, jitter=90, last_sender_report=5, delay=6
)


TRANSPORT_FEEDBACK = bytes.fromhex("afcd00050000000100000002000100010000000020010001")
"""On one packet (draft-holmer-rmcat-transport-wide-cc-extensions-01)."""


def test_a_compound_with_transport_wide_feedback_is_read() -> None:
    """aiortc's own parser raises on these."""
    compound = rtcp.ReceiverReport(1, (REPORT,)).encode() + TRANSPORT_FEEDBACK + rtcp.pli(1, 9)
    assert rtcp.parse(compound) == [rtcp.ReceiverReport(1, (REPORT,)), rtcp.KeyframeRequest(9)]


def test_a_reduced_size_packet_is_read() -> None:
    assert rtcp.parse(rtcp.pli(1, 9)) == [rtcp.KeyframeRequest(9)]


def test_a_sender_report_survives_the_way_there_and_back() -> None:
    report = rtcp.SenderReport(1, 2**63 + 5, 2**31, 10, 1000, (REPORT,))
    assert rtcp.parse(report.encode()) == [report]


@given(
    st.lists(st.integers(0x10000, 0x10000 + 100_000), min_size=1, max_size=40, unique=True).map(
        sorted
    )
)
def test_a_nack_names_each_packet_once(numbers: list[int]) -> None:
    (nack,) = rtcp.parse(rtcp.nack(1, 2, numbers))
    assert nack == rtcp.Nack(2, tuple(number & 0xFFFF for number in numbers))


def test_a_nack_run_wraps() -> None:
    (nack,) = rtcp.parse(rtcp.nack(1, 2, [0x1FFFF, 0x20000, 0x20001]))
    assert nack == rtcp.Nack(2, (65535, 0, 1))


@given(st.integers(1, 2**40))
def test_remb_rounds_down_by_less_than_a_thousandth(rate: int) -> None:
    (remb,) = rtcp.parse(rtcp.remb(1, rate, [2, 3]))
    assert isinstance(remb, rtcp.Remb)
    assert rate * 0.999 <= remb.bitrate_bps <= rate


def test_remb_reads_the_same_to_aiortc() -> None:
    (packet,) = aiortc.RtcpPacket.parse(rtcp.remb(1, 400_000, [2, 3]))
    assert isinstance(packet, aiortc.RtcpPsfbPacket)
    assert aiortc.unpack_remb_fci(packet.fci) == (400_000, [2, 3])


def test_fir_asks_for_a_keyframe_of_the_stream_in_its_entry() -> None:
    fir = struct.pack("!BBHIIII", 0x84, 206, 4, 1, 0, 9, 0x01000000)
    assert rtcp.parse(fir) == [rtcp.KeyframeRequest(9)]


def test_bye_and_padding_are_read() -> None:
    assert rtcp.parse(struct.pack("!BBHIII", 0xA2, 203, 3, 5, 6, 4)) == [rtcp.Bye((5, 6))]


def test_a_description_ends_each_chunk_with_at_least_one_zero() -> None:
    """RFC 3550 6.5. aiortc's parser does not know the padding."""
    chunks = "00000001 01036162 63000000" + "00000002 01026162 00000000"
    assert rtcp.description([(1, "abc"), (2, "ab")]) == bytes.fromhex("82ca0006" + chunks)


@pytest.mark.parametrize(
    "data",
    [
        b"\x80",
        b"\x80\xc9\x00\x05",  # five words that are not there
        b"\x00\xc9\x00\x00",  # version 0
        b"\x81\xc9\x00\x01\x00\x00\x00\x01",  # a report block that is not there
        b"\x9f\xcb\x00\x00",  # 31 SSRCs in nothing
        b"\xa0\xc9\x00\x01\x00\x00\x00\x09",  # more padding than packet
        b"\x8f\xce\x00\x03" + bytes(8) + b"REMB",
        rtcp.pli(1, 2) + b"\x80\xc8\x00\x00",
    ],
)
def test_a_malformed_compound_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(MalformedPacketError):
        rtcp.parse(data)


@given(st.binary(max_size=120))
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    with contextlib.suppress(MalformedPacketError):
        rtcp.parse(data)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 31),
            st.sampled_from([200, 201, 202, 203, 204, 205, 206, 207]),
            st.binary(max_size=40),
        ),
        max_size=4,
    )
)
def test_well_framed_packets_with_any_content_parse_or_are_refused(
    parts: list[tuple[int, int, bytes]],
) -> None:
    data = b""
    for count, kind, body in parts:
        padded = body + bytes(-len(body) % 4)
        data += struct.pack("!BBH", 0x80 | count, kind, len(padded) // 4) + padded
    with contextlib.suppress(MalformedPacketError):
        rtcp.parse(data)
