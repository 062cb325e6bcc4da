"""What does not get into the log."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from signaling.kernel import logs
from storage.errors import StorageError
from tests.signaling.conftest import Site

SECRET = "Alex Morgan"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nAuthorization: Bearer " + b"secret" * 2000 + b"\r\n\r\n",
        (
            b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: 6\r\n\r\nsecret"
        ),
    ],
)
async def test_what_is_no_http_is_not_logged(
    site: Site, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
    writer.write(request_bytes)
    assert (await reader.read()).startswith(b"HTTP/1.")
    writer.close()
    assert caplog.text == ""


@pytest.fixture
def logging_set_up() -> Iterator[None]:
    """`set_up` belongs to a whole process."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]


def fail() -> None:
    """As a driver that quotes the value it would not take, below a handler that quotes it, too."""
    inner = ExceptionGroup(
        SECRET, [OSError(28, "No space", SECRET), ValueError(f"invalid input for $1: {SECRET}")]
    )
    raise RuntimeError(f"cannot store {SECRET}") from inner


@pytest.mark.usefixtures("logging_set_up")
@pytest.mark.parametrize("level", ["info", "debug"])
def test_a_traceback_says_where_and_what_kind_and_above_debug_nothing_else(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    logs.set_up(level)
    try:
        fail()
    except RuntimeError:
        logging.getLogger("signaling").exception("a request failed")
    written = capsys.readouterr().err
    assert "in fail" in written
    assert "RuntimeError" in written
    assert "No space" in written
    beside_the_source = written.replace("raise RuntimeError(\"cannot store 'Alex Morgan'\")", "")
    assert (SECRET in beside_the_source) == (level == "debug")


def test_our_own_errors_speak() -> None:
    assert (
        logs.kind(StorageError("The disk is full."))
        == "storage.errors.StorageError: The disk is full."
    )
    assert logs.kind(KeyError(SECRET)) == "builtins.KeyError"


@pytest.mark.usefixtures("logging_set_up")
async def test_the_event_loop_does_not_write_out_what_a_forgotten_task_raised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("info")
    context = {"message": "Task exception was never retrieved", "exception": ValueError(SECRET)}
    logs.log_of_loop(asyncio.get_running_loop(), context)
    written = capsys.readouterr().err
    assert "Task exception was never retrieved" in written
    assert "builtins.ValueError" in written
    assert SECRET not in written
