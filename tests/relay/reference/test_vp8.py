"""Descriptors of every form, and numbers that go on whatever streams take turns."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.relay.reference.vp8 import Counter, Descriptor, PictureNumbers, parse

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
MASKS = (0x7FFF, 0x7F, 0xFF, 0x1F)


@pytest.mark.parametrize("text", VECTORS)
def test_a_descriptor_is_read_and_none_that_is_cut_off(text: str) -> None:
    payload = bytes.fromhex(text)
    assert parse(payload) == VECTORS[text]
    assert not any(parse(payload[:length]) for length in range(1, len(payload)))
    assert parse(b"") is None


@given(st.binary(max_size=12))
def test_whatever_comes_only_numbers_change(payload: bytes) -> None:
    numbers = PictureNumbers()
    numbers.begin()
    numbers.rewrite(bytes.fromhex("90f0ffffffff00"))
    numbers.begin()
    out = numbers.rewrite(payload)
    assert len(out) == len(payload)
    assert parse(out) == parse(payload)
    has = parse(payload)
    assert out[has.frame if has else 0 :] == payload[has.frame if has else 0 :]


@given(
    st.sampled_from(MASKS), st.lists(st.tuples(st.integers(0, 0x7FFF), st.integers(1, 300)), min_size=1), st.data()
)
def test_numbers_go_on_by_one_where_streams_change(
    mask: int, streams: list[tuple[int, int]], data: st.DataObject
) -> None:
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    counter, last = Counter(), None
    for first, count in streams:
        counter.begin()
        out = []
        for number in range(count):
            out.append(counter.next((first + number) & mask, mask))
            again = number - chance.randrange(min(number + 1, mask // 4))  # late, or a retransmission
            assert counter.next((first + again) & mask, mask) == out[again]
        expected = (first if last is None else last + 1) & mask
        assert out == [(expected + number) & mask for number in range(count)]
        last = out[-1]


def test_the_first_stream_keeps_its_numbers_and_the_next_goes_on() -> None:
    numbers = PictureNumbers()
    numbers.begin()
    assert numbers.rewrite(bytes.fromhex("90f0ffffff3f00aa")) == bytes.fromhex("90f0ffffff3f00aa")
    numbers.begin()
    assert numbers.rewrite(bytes.fromhex("90f09234056200bb")) == bytes.fromhex("90f08000006000bb")
    assert numbers.rewrite(bytes.fromhex("80f09234056201bb")) == bytes.fromhex("80f08000006001bb")
    assert numbers.rewrite(bytes.fromhex("90f09235068201bb")) == bytes.fromhex("90f08001018001bb")


def test_a_stream_without_numbers_in_between_changes_nothing() -> None:
    numbers = PictureNumbers()
    numbers.begin()
    numbers.rewrite(bytes.fromhex("90e080090900 00"))
    numbers.begin()
    assert numbers.rewrite(bytes.fromhex("1000aa")) == bytes.fromhex("1000aa")
    numbers.begin()
    assert numbers.rewrite(bytes.fromhex("90e0f0007700 00")) == bytes.fromhex("90e0800a0a00 00")
