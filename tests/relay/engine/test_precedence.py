"""The engine's thread goes before others, and its socket has room for what comes meanwhile."""

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path

from relay.engine import Engine
from relay.transport.port import WANTED_BUFFER_BYTES, bind

PRECEDENCE = -10


def nice_of_threads() -> dict[str, int]:
    return {task.name: os.getpriority(os.PRIO_PROCESS, int(task.name)) for task in Path("/proc/self/task").iterdir()}


def granted() -> int:
    """The nice value that a thread of this process has after it asked for precedence."""
    told = list[int]()

    def ask() -> None:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRECEDENCE)
        told.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return told[0]


def test_the_engines_thread_goes_before_others_as_far_as_that_is_granted() -> None:
    before = nice_of_threads()
    with bind("127.0.0.1", 0) as udp:
        engine = Engine(udp.fileno(), 0.0, 1_000_000)
        engine.start()
        while not (engine_threads := nice_of_threads().keys() - before.keys()):
            pass
        (thread,) = engine_threads
        while nice_of_threads()[thread] != granted():
            pass
        assert {task: nice for task, nice in nice_of_threads().items() if task in before} == before
        engine.close()


def test_the_socket_has_the_room_that_it_asks_for_or_all_that_the_kernel_grants() -> None:
    most = int(Path("/proc/sys/net/core/rmem_max").read_text())
    with bind("127.0.0.1", 0) as udp:
        room = udp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    assert room >= 2 * min(most, WANTED_BUFFER_BYTES)  # the kernel counts its own part as well
