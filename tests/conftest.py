"""What a test leaves behind counts for that test and for no other,
and is cleared away before the next one.
"""

import gc
import itertools
import os
import signal
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

pytest_plugins = [
    "tests.support.databases",
    "tests.support.durability",
    "tests.support.objectstore",
    "tests.support.softhsm",
]

FAILED = pytest.StashKey[bool]()
COMPLAINTS = pytest.StashKey[Iterable[str]]()
RUN = itertools.count(1)


def pytest_configure() -> None:
    """A shell starts its background jobs deaf to SIGINT, and so would be every process
    that a test starts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    _set_aside()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with _complaints() as complaints:
        item.stash[COMPLAINTS] = complaints
        result = yield
    if next(RUN) % 50 == 0:
        _set_aside()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test that passed must have ended what it started and closed what it opened; after one
    that failed, we do.
    """
    try:
        yield
    except BaseException:
        item.stash[FAILED] = True
        raise
    finally:
        left = _end_children()
        _collect_garbage()
        left += item.stash[COMPLAINTS]
        if left and not item.stash[FAILED]:
            pytest.fail("\n".join(["the test left behind", *left]), pytrace=False)


def _end_children() -> list[str]:
    """Kill the processes that are left; what they were."""
    return (
        [_end(child) for child in psutil.Process().children(recursive=True)]
        if _has_children()
        else []
    )


def _has_children() -> bool:
    """Whether there are any, which costs less to ask than which."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _end(child: psutil.Process) -> str:
    told = f"process {child.pid}"
    with suppress(psutil.NoSuchProcess):
        told = f"{told}: {' '.join(child.cmdline()) or child.status()}"
        child.kill()
        child.wait()
    return told


def _set_aside() -> None:
    """What was imported and what is cached stays: with it out of the way, collecting garbage after
    each test takes some 10 ms, not 100.
    """
    gc.collect()
    gc.freeze()


def _collect_garbage() -> None:
    """What did not close itself properly complains; the frames of a failure go first, as they
    hold all that it had open.
    """
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
    gc.collect()


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What finalizers complain of in the meantime:
    under pytest a warning of theirs is an error nobody can catch.
    """
    complaints: list[str] = []
    usual = sys.unraisablehook
    sys.unraisablehook = lambda error: complaints.append(f"{error.object!r}: {error.exc_value!r}")
    try:
        yield complaints
    finally:
        sys.unraisablehook = usual
