"""What the worker of an export tells while it goes on slowly."""

import pytest

from signaling.recordings.exporting import worker
from signaling.recordings.exporting.process import SILENT_SECONDS
from signaling.recordings.exporting.worker import TELL_SECONDS, Progress, Told


def test_whoever_goes_on_slowly_is_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    now, lines = 0.0, list[Told]()
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr(worker, "_tell", lines.append)
    progress = Progress()
    for step in range(int(SILENT_SECONDS)):  # a second each, and all within one hundredth
        now += 1.0
        progress.tell("composing", step, 1_000_000)
    assert len(lines) == 1 + (SILENT_SECONDS - 1) // TELL_SECONDS
    assert SILENT_SECONDS > 10 * TELL_SECONDS
