"""The engine under AddressSanitizer and UndefinedBehaviourSanitizer."""

import pytest

from tests.relay import sanitized
from tests.support.effort import effort

ROOMS = f"""
from relay.engine import Engine
assert Engine is sys.modules["relay.engine._engine"].Engine
from tests.relay.engine.traffic import Traffic
for seed in range({effort(2, long=200)}):
    Traffic(seed, 2 + seed % 2).run(800)
    Traffic(seed, 3, ("f", "h", "q")).run(800)
"""


DRAIN = f"""
from tests.relay.fuzz.drain import Disturbance
for seed in range({effort(2, long=200)}):
    disturbance = Disturbance(seed)
    disturbance.run(4000)
    assert len(disturbance.heard.events) > 100
"""


@pytest.mark.timeout(sanitized.LONGEST)
def test_what_the_recorder_hears_of_anything_touches_no_memory_that_is_not_its() -> None:
    sanitized.run(sanitized.extension(), DRAIN)


@pytest.mark.timeout(sanitized.LONGEST)
def test_random_rooms_touch_no_memory_that_is_not_theirs() -> None:
    sanitized.run(sanitized.extension(), ROOMS)
