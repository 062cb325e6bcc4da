"""Blocking work in threads of its own: bounded, in order, and in nobody's way."""

import asyncio
import subprocess
import sys
import threading

import pytest

from storage.threads import Threads


async def test_no_more_than_so_many_run_at_once() -> None:
    threads, running, most = Threads("test", 2), threading.Semaphore(2), []

    def work(number: int) -> int:
        most.append(running.acquire(blocking=False))
        threading.Event().wait(0.001)
        running.release()
        return number

    assert await asyncio.gather(*(threads.run(work, number) for number in range(20))) == list(
        range(20)
    )
    assert all(most)


async def test_an_error_belongs_to_who_asked() -> None:
    threads = Threads("test", 1)
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 / 0)
    assert await threads.run(lambda: 1) == 1


async def test_who_gives_up_leaves_the_place_taken_until_the_work_ends() -> None:
    threads, released = Threads("test", 1), threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await threads.run(released.wait, 60)
    waiting = asyncio.create_task(threads.run(lambda: "turn"))
    await asyncio.sleep(0)
    assert not waiting.done()
    released.set()
    assert await waiting == "turn"


def test_work_that_hangs_does_not_keep_the_process() -> None:
    program = (
        "import asyncio, threading\n"
        "from storage.threads import Threads\n"
        "async def main():\n"
        "    hanging = asyncio.create_task(Threads('test', 1).run(threading.Event().wait))\n"
        "    await asyncio.sleep(0.01)\n"
        "    hanging.cancel()\n"
        "asyncio.run(main())\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
