"""The worker as the server sees it: what it is told, and what it tells."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec

from signaling.recordings.exporting.worker import Order, Told, encode
from storage.bundle import manifest

SILENT_SECONDS = 600.0
"""Of a worker that hangs, with a disk or a store: one that reads, composes or writes tells of it at
least every TELL_SECONDS (worker.py), however slow the machine is.
"""
KILL_SECONDS = 10.0
LONGEST_LINE = manifest.MOST_BYTES * 2
MODULE = "signaling.recordings.exporting.worker"


async def run(
    order: Order,
    told: Callable[[Told], Awaitable[None]],
    sign: Callable[[bytes], bytes],
) -> Told:
    """The last that it told. What `told` raises ends it, and so do being cancelled and saying
    nothing for SILENT_SECONDS.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        MODULE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    assert process.stdin is not None  # noqa: S101  as it was asked for
    assert process.stdout is not None  # noqa: S101  as it was asked for
    last = Told(kind="failed", problem="the worker ended without a word")
    try:
        process.stdin.write(encode(order))
        while line := await _line(process.stdout):
            last = msgspec.json.decode(line, type=Told)
            if last.kind == "sign":
                process.stdin.write(msgspec.json.encode(sign(last.text)) + b"\n")
            else:
                await told(last)
    except _Silent:
        problem = f"the worker said nothing for {SILENT_SECONDS:.0f} s, and was ended"
        return Told(kind="failed", problem=problem)
    except (BrokenPipeError, ConnectionResetError):
        return Told(kind="failed", problem="the worker was ended")
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.stdin.close()
        with suppress(TimeoutError):  # a disk that hangs lets it end only once that answers
            async with asyncio.timeout(KILL_SECONDS):
                await process.wait()
    return last if last.kind in {"done", "failed"} else Told(kind="failed", problem="cut off")


class _Silent(Exception):  # noqa: N818  it says what happened
    """It said nothing for too long."""


async def _line(output: asyncio.StreamReader) -> bytes:
    """The next one; empty at the end. Raises _Silent."""
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            return await output.readline()
    except TimeoutError:
        raise _Silent from None
