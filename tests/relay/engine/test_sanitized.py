"""The engine under AddressSanitizer and UndefinedBehaviourSanitizer, and its parsers under a fuzzer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.relay.engine import build
from tests.relay.engine.fuzz import TARGETS, fuzz

ROOMS = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("relay.engine._engine", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["relay.engine._engine"] = module
spec.loader.exec_module(module)
from relay.engine import Engine
assert Engine is module.Engine
from tests.relay.engine.traffic import Traffic
for seed in range(4):
    Traffic(seed, 2 + seed % 2).run(800)
    Traffic(seed, 3, ("f", "h", "q")).run(800)
"""


def test_random_rooms_touch_no_memory_that_is_not_theirs(tmp_path: Path) -> None:
    extension = build.extension(tmp_path)
    environment = os.environ | {
        "LD_PRELOAD": build.preload(),
        "ASAN_OPTIONS": "detect_leaks=0",  # CPython's own; test_leaks.py counts ours
        "PYTHONMALLOC": "malloc",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    command: list[str | Path] = [sys.executable, "-c", ROOMS, extension]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert result.returncode == 0, result.stderr[-4000:]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.stem)
def test_a_parser_survives_a_short_fuzzing(target: Path, tmp_path: Path) -> None:
    assert fuzz(target, tmp_path, seconds=3)
