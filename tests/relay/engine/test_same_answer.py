"""The engine gives the reference's answer: same input, same output, to the last bit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.relay.engine.traffic import Traffic
from tests.support.effort import effort

ROOMS = effort(25, long=1000)


@settings(max_examples=ROOMS, deadline=None)
@given(seed=st.integers(0, 2**32), people=st.sampled_from((2, 2, 3)))
def test_random_rooms(seed: int, people: int) -> None:
    Traffic(seed, people).run(600)


@settings(max_examples=ROOMS, deadline=None)
@given(seed=st.integers(0, 2**32), rids=st.sampled_from((("f", "h", "q"), ("hi", "lo"))))
def test_random_rooms_with_layers(seed: int, rids: tuple[str, ...]) -> None:
    Traffic(seed, 3, rids).run(900)
