"""Anything that peers may send, on its way to the recorder: the part of the engine that knows
Python, which libFuzzer cannot reach. For a process in which the engine is sanitized.
"""

import ctypes
import random
from collections.abc import Callable

from relay.engine import Engine, _engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Source, Uplink
from tests.relay.engine.pair import Heard
from tests.relay.engine.traffic import LAYER_EXTENSIONS, OPUS, h264, vp8
from tests.relay.fuzz import SEEDS

_Srtp = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)
)
_KEYS = 1
"""In place of libsrtp's sessions."""


_PLAIN = _Srtp(lambda _session, _packet, _length: 0)


class Late(Heard):
    """A tap that reads late."""

    def lost(self, source: Source, packets: int) -> None:
        self.events.append((source, "lost", packets))


class Disturbance:
    """Two peers without encryption, a tap that hears both,
    and far too little room for what it is to hear.
    """

    def __init__(self, seed: int) -> None:
        address = ctypes.cast(_PLAIN, ctypes.c_void_p).value or 0
        _engine.use_libsrtp(address, address, address, address)
        self._chance = random.Random(seed)
        self._messages = [*SEEDS["rtp"](), *SEEDS["rtcp"]()]
        self._engine = Engine(-1, 3e9, 2_500_000, 4096)
        self._forwarder = EngineForwarder(self._engine, self._chance)
        self._now, self._number = 1000.0, 65500
        self.heard = Late()
        self._peers = [self._join() for _ in range(2)]

    def run(self, steps: int) -> None:
        """Whatever chance wants."""
        happenings: list[Callable[[], None]] = [
            self._tick,
            self._renegotiate,
            self._leave,
            self._tap,
            self._listen,
        ]
        weights = [20, 2, 1, 2, 20]
        for _ in range(steps):
            self._receive()
            if self._chance.random() < 0.1:
                self._chance.choices(happenings, weights)[0]()
        self._listen()
        self._engine.close()

    def _join(self) -> int:
        key = self._forwarder.add()
        self._engine.secure(key, _KEYS, _KEYS)
        self._negotiate(key)
        self._forwarder.tap(key, (self.heard,))
        return key

    def _negotiate(self, key: int) -> None:
        codec = self._chance.choice((vp8(96), h264(96)))
        rids = ("f", "h", "q") if self._chance.random() < 0.3 else ()
        camera = Uplink(
            "1",
            "video",
            "camera",
            (codec,),
            LAYER_EXTENSIONS,
            None if rids else 0x03030303,
            rids=rids,
        )
        sound = Uplink("0", "audio", "microphone", (OPUS,), LAYER_EXTENSIONS, 0x04040404)
        self._forwarder.negotiate(key, (sound, camera)[: self._chance.choice((1, 2, 2, 2))], ())

    def _receive(self) -> None:
        self._now += self._chance.expovariate(500)
        data = bytearray(self._chance.choice(self._messages))
        data += bytes(self._chance.choice((0, 0, 100, 1400)))
        self._number = self._chance.choice(
            (*9 * (self._number + 1,), 100, 34500, self._chance.getrandbits(16))
        )
        data[2:4] = (self._number & 0xFFFF).to_bytes(2, "big")
        for _ in range(self._chance.choice((0, 0, 1, 3))):
            data[self._chance.randrange(len(data))] = self._chance.getrandbits(8)
        self._engine.receive(self._chance.choice(self._peers), bytes(data[:1501]), self._now)

    def _tick(self) -> None:
        self._engine.tick(self._now)

    def _renegotiate(self) -> None:
        self._negotiate(self._chance.choice(self._peers))

    def _leave(self) -> None:
        place = self._chance.randrange(len(self._peers))
        self._forwarder.remove(self._peers[place])
        self._peers[place] = self._join()

    def _tap(self) -> None:
        self._forwarder.tap(
            self._chance.choice(self._peers), self._chance.choice(((), (self.heard,)))
        )

    def _listen(self) -> None:
        self._forwarder.dispatch()
        for key in self._peers:
            self._forwarder.stats(key)
            self._forwarder.quality(key)
