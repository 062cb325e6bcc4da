"""Every parser of peer bytes under a fuzzer; `make fuzz` is how one looks for more."""

from pathlib import Path

import pytest

from tests.relay.fuzz import TARGETS, fuzz
from tests.support.effort import effort

SECONDS = effort(1, long=60)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.stem)
def test_a_parser_survives_a_short_fuzzing(target: Path, tmp_path: Path) -> None:
    assert fuzz(target, tmp_path, seconds=SECONDS)
