"""Keyframes are told from what refers to them."""

import pytest

from tests.support.keyframes import starts_keyframe


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("1050", True),
        ("1051", False),  # frame tag: interframe
        ("0050", False),  # not the start of a partition
        ("1150", False),  # second partition
        ("9080810250", True),  # 15-bit picture id
        ("90800150", True),  # 7-bit picture id
        ("90e08102032050", True),  # picture id, TL0PICIDX and TID
        ("90e08102032051", False),
        ("90", False),
        ("908081", False),
        ("", False),
    ],
)
def test_vp8(payload: str, expected: bool) -> None:
    assert starts_keyframe("VP8", bytes.fromhex(payload)) is expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("6742", True),  # SPS
        ("6588", True),  # IDR slice
        ("419a", False),  # other slice
        ("7800026742", True),  # STAP-A with an SPS first
        ("7c8588", True),  # FU-A, start of an IDR slice
        ("7c0588", False),  # FU-A, its middle
        ("65", False),
        ("", False),
    ],
)
def test_h264(payload: str, expected: bool) -> None:
    assert starts_keyframe("H264", bytes.fromhex(payload)) is expected


def test_audio_has_nothing_to_wait_for() -> None:
    assert starts_keyframe("opus", b"")
