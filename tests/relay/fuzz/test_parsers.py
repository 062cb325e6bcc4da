"""Every parser of peer bytes under a fuzzer, for as long as a test may take."""

from pathlib import Path

import pytest

from tests.relay.fuzz import TARGETS, fuzz


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.stem)
def test_a_parser_survives_a_short_fuzzing(target: Path, tmp_path: Path) -> None:
    assert fuzz(target, tmp_path, seconds=3)
