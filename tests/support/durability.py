"""Nothing that a test writes has to survive a power cut: its own process leaves files to the page
cache, where a killed process leaves them too. Servers that tests start sync as in a clinic.
"""

import os
from collections.abc import Iterator

import pytest

from storage.database import engine

_SYNC = os.fsync, os.fdatasync, engine.SYNCHRONOUS


def _nothing(_file: int) -> None:
    pass


_SPARED = _nothing, _nothing, "OFF"


def pytest_configure() -> None:
    """A test makes some forty transactions, of up to 4 ms each."""
    _set(*_SPARED)


def _set(fsync: object, fdatasync: object, synchronous: str) -> None:
    vars(os).update(fsync=fsync, fdatasync=fdatasync)
    vars(engine).update(SYNCHRONOUS=synchronous)


@pytest.fixture
def durably() -> Iterator[None]:
    """As in a clinic."""
    _set(*_SYNC)
    yield
    _set(*_SPARED)
