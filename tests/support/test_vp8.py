"""Descriptors of every form."""

import pytest

from tests.support.vp8 import Descriptor, parse

VECTORS = {
    "10 00": Descriptor(0, False, 0, 0, 1),
    "90 00 00": Descriptor(0, False, 0, 0, 2),
    "90 80 7f 00": Descriptor(2, False, 0, 0, 3),
    "90 80 ffff 00": Descriptor(2, True, 0, 0, 4),
    "90 40 05 00": Descriptor(0, False, 2, 0, 3),
    "90 10 05 00": Descriptor(0, False, 0, 2, 3),
    "90 20 05 00": Descriptor(0, False, 0, 0, 3),
    "90 c0 8001 05 00": Descriptor(2, True, 4, 0, 5),
    "90 f0 8001 05 21 00": Descriptor(2, True, 4, 5, 6),
    "90 f0 01 05 21 00": Descriptor(2, False, 3, 4, 5),
}


@pytest.mark.parametrize("text", VECTORS)
def test_a_descriptor_is_read_and_none_that_is_cut_off(text: str) -> None:
    payload = bytes.fromhex(text)
    assert parse(payload) == VECTORS[text]
    assert not any(parse(payload[:length]) for length in range(1, len(payload)))
    assert parse(b"") is None
