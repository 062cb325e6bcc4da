"""What tests of calls begin with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signaling.calls.meeting import Meeting
from tests.signaling.practice import open_practice


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    async with open_practice(tmp_path) as practice:
        meeting = Meeting(practice, *await practice.running())
        await practice.clock.advance(1)
        yield meeting
