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


@pytest.mark.timeout(sanitized.LONGEST)
def test_random_rooms_touch_no_memory_that_is_not_theirs(tmp_path: Path) -> None:
    sanitized.run(sanitized.extension(tmp_path), ROOMS)
