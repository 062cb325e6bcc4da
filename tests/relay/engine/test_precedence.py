"""The engine's thread goes before others, and its socket has room for what comes meanwhile."""

import errno
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from relay.engine import PRECEDENCE, Engine
from relay.transport.port import WANTED_BUFFER_BYTES, bind


def nice_of_threads() -> dict[str, int]:
    nice = dict[str, int]()
    for task in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):  # one that was joined may be listed for another moment
            nice[task.name] = os.getpriority(os.PRIO_PROCESS, int(task.name))
    return nice


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


def test_one_that_goes_before_more_already_keeps_its_place() -> None:
    """As where the whole server was started with a nice value below -10."""

    def serve() -> None:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRECEDENCE - 5)
        own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        before = nice_of_threads()
        with bind("127.0.0.1", 0) as udp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            engine = Engine(udp.fileno(), 0.0, 1_000_000)
            engine.start()
            other.sendto(b"\xff", udp.getsockname())
            while not engine.counters()["dropped"].get("first_byte"):  # then it has begun
                pass
            told.extend(
                (own, nice) for task, nice in nice_of_threads().items() if task not in before
            )
            engine.close()

    told = list[tuple[int, int]]()
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    ((own, nice),) = told
    assert nice == min(own, granted())


FORCED = {socket.SO_RCVBUF: 33, socket.SO_SNDBUF: 32}  # asm-generic/socket.h


@pytest.mark.parametrize("option", FORCED)
def test_the_socket_has_the_room_that_it_asks_for_or_all_that_the_kernel_grants(
    option: int,
) -> None:
    with bind("127.0.0.1", 0) as udp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, option, WANTED_BUFFER_BYTES)
        with suppress(PermissionError):
            other.setsockopt(socket.SOL_SOCKET, FORCED[option], WANTED_BUFFER_BYTES)
        most = other.getsockopt(socket.SOL_SOCKET, option)
        assert udp.getsockopt(socket.SOL_SOCKET, option) == most


class Strict(socket.socket):
    """As BSDs have them: more room than a socket may have is refused, and none is forced."""

    def setsockopt(self, *arguments: Any) -> None:
        _, option, value = arguments
        if option in FORCED.values() or (option in FORCED and value > 1 << 20):
            raise OSError(errno.ENOBUFS, "No buffer space available")
        super().setsockopt(*arguments)


def test_a_system_that_refuses_so_much_room_gives_what_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "socket", Strict)
    with bind("127.0.0.1", 0) as udp:
        for option in FORCED:
            assert udp.getsockopt(socket.SOL_SOCKET, option) > 200_000
