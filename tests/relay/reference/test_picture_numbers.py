"""Numbers go on whatever streams take turns."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.relay.reference.picture_numbers import Counter, PictureNumbers
from tests.support.vp8 import parse

MASKS = (0x7FFF, 0x7F, 0xFF, 0x1F)


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
    st.sampled_from(MASKS),
    st.lists(st.tuples(st.integers(0, 0x7FFF), st.integers(1, 300)), min_size=1),
    st.data(),
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
            # Late, or a retransmission.
            again = number - chance.randrange(min(number + 1, mask // 4))
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
