"""The engine under AddressSanitizer and UndefinedBehaviourSanitizer."""

from pathlib import Path

import pytest

from tests.relay import sanitized

ROOMS = """
from relay.engine import Engine
assert Engine is sys.modules["relay.engine._engine"].Engine
from tests.relay.engine.traffic import Traffic
for seed in range(4):
    Traffic(seed, 2 + seed % 2).run(800)
    Traffic(seed, 3, ("f", "h", "q")).run(800)
"""


DRAIN = """
from tests.relay.fuzz.drain import Disturbance
for seed in range(6):
    disturbance = Disturbance(seed)
    disturbance.run(4000)
    assert len(disturbance.heard.events) > 100
"""


@pytest.mark.timeout(sanitized.LONGEST)
def test_what_the_recorder_hears_of_anything_touches_no_memory_that_is_not_its(tmp_path: Path) -> None:
    sanitized.run(sanitized.extension(tmp_path), DRAIN)


@pytest.mark.timeout(sanitized.LONGEST)
def test_random_rooms_touch_no_memory_that_is_not_theirs(tmp_path: Path) -> None:
    sanitized.run(sanitized.extension(tmp_path), ROOMS)
