"""Thousands of joins and leaves keep memory and file descriptors flat."""

import gc
import os
import random
from pathlib import Path

from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Slot, Uplink
from relay.transport.dtls import SrtpKeys
from relay.transport.port import bind
from tests.relay.engine.traffic import OPUS, SLOT_EXTENSIONS, UPLINK_EXTENSIONS, vp8
from tests.support.effort import effort

PAGE = os.sysconf("SC_PAGE_SIZE")
JOINS = effort(2000, long=100_000)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _join_and_leave(forwarder: EngineForwarder, engine: Engine, number: int) -> None:
    keys = [forwarder.add(), forwarder.add()]
    for key in keys:
        secrets = SrtpKeys("SRTP_AEAD_AES_256_GCM", os.urandom(44), os.urandom(44))
        forwarder.secure(key, *secrets.sessions())
        uplinks = (
            Uplink("0", "audio", "microphone", (OPUS,), UPLINK_EXTENSIONS, 1),
            Uplink("1", "video", "camera", (vp8(96),), UPLINK_EXTENSIONS, 2, 3),
        )
        slots = (
            Slot("2", "audio", (OPUS,), SLOT_EXTENSIONS, 4, stream="slot-0"),
            Slot("3", "video", (vp8(98),), SLOT_EXTENSIONS, 5, 6, "slot-0"),
        )
        forwarder.negotiate(key, uplinks, slots)
        engine.bind(("127.0.0.1", 1 + number % 60000), key)
    forwarder.route(keys[0], "3", keys[1], "1")
    forwarder.route(keys[1], "3", keys[0], "1")
    for key in keys:
        forwarder.remove(key)
    engine.bind(("127.0.0.1", 1 + number % 60000), 0)


def test_joins_and_leaves_leave_nothing_behind() -> None:
    udp = bind("127.0.0.1", 0)
    engine = Engine(udp.fileno(), 3e9, 1_000_000)
    engine.start()
    forwarder = EngineForwarder(engine, random.Random(1))
    for number in range(200):
        _join_and_leave(forwarder, engine, number)
    gc.collect()
    before = _resident()
    for number in range(JOINS):
        _join_and_leave(forwarder, engine, number)
    gc.collect()
    assert _resident() - before < 2_000_000  # 1 kB a join would be 4 MB
    engine.close()
    udp.close()


def test_engines_give_their_descriptors_and_threads_back() -> None:
    def open_and_close() -> None:
        udp = bind("127.0.0.1", 0)
        engine = Engine(udp.fileno(), 3e9, 1_000_000)
        engine.start()
        engine.close()
        udp.close()

    open_and_close()
    before = _descriptors()
    for _ in range(20):
        open_and_close()
    assert _descriptors() == before
    assert len(list(Path("/proc/self/task").iterdir())) < 20
