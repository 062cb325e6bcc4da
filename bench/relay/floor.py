"""The floor beside which a relay's cost is read: a bare C loop (`floor.c`) in a process of its own,
with fixed keys.

It forwards and does nothing else: nothing is recorded in the scenario with recording, nothing
repaired where packets are lost, and no hands are shaken where participants join.

It goes before other threads as carelay's engine does, where that is granted: a thread that is woken
for each packet pays more for one than a thread that comes late and finds several.
"""

import asyncio
import ctypes
import json
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pylibsrtp import Policy, Session

from bench.native import Srtp, compiled, pointer
from bench.relay.scenario import Scenario
from relay.engine import PRECEDENCE
from relay.load.description import Track
from relay.load.generator import Generator

KEY_BYTES = 44  # AES-256 key and 96-bit salt
_SOCKET_BUFFER_BYTES = 4 << 20


def _session(key: bytes, direction: int) -> Session:
    return Session(
        Policy(key=key, ssrc_type=direction, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM)
    )


def _inbound(key: bytes) -> Session:
    return _session(key, Policy.SSRC_ANY_INBOUND)


def _outbound(key: bytes) -> Session:
    return _session(key, Policy.SSRC_ANY_OUTBOUND)


@dataclass
class Party:
    """A client of the floor: what Connection is after ICE and DTLS, without either."""

    socket: socket.socket
    up: bytes
    down: bytes
    send: Session
    receive: Session

    @classmethod
    def make(cls, server: tuple[str, int]) -> "Party":
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        sock.bind((server[0], 0))
        sock.connect(server)
        up, down = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
        return cls(sock, up, down, _outbound(up), _inbound(down))

    def told(self) -> dict[str, Any]:
        """As the server process reads it."""
        host, port = self.socket.getsockname()
        return {"host": host, "port": port, "up": self.up.hex(), "down": self.down.hex()}


class Floor:
    """The server process, as seen from here."""

    name = "floor"

    def __init__(self, generator: Generator, host: str) -> None:
        self._generator, self._host = generator, host
        self._process: asyncio.subprocess.Process
        self._address = (host, 0)
        self._one_at_a_time = asyncio.Lock()
        self.pid = 0

    @classmethod
    def maker(cls, host: str) -> "Callable[[Generator], Floor]":
        return lambda generator: cls(generator, host)

    async def start(self) -> None:
        command = (sys.executable, "-m", "bench.relay.floor", self._host)
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        self.pid = self._process.pid
        self._address = (self._host, int(await self._line()))

    async def _line(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            return (await self._process.stdout.readline()).decode()

    # Rooms have no names here.
    async def join(self, scenario: Scenario, room: str) -> None:  # noqa: ARG002
        assert self._process.stdin is not None
        parties = [Party.make(self._address) for _ in range(scenario.participants)]
        told = {"parties": [party.told() for party in parties], "publishers": scenario.publishers}
        async with self._one_at_a_time:
            self._process.stdin.write(json.dumps(told).encode() + b"\n")
            await self._line()
        for index, party in enumerate(parties):
            self._generator.add(
                party, b"", _unrepaired(scenario) if index < scenario.publishers else []
            )

    async def record(self, room: str) -> None:
        """It does not."""

    async def close(self) -> None:
        self._process.kill()
        await self._process.wait()


def _unrepaired(scenario: Scenario) -> list[Track]:
    return [Track(track.kind, track.mid, track.ssrc) for track in scenario.tracks()]


class _Server:
    """The floor's own process."""

    def __init__(self, host: str) -> None:
        self._native = _library()
        self._sessions: list[Session] = []  # own what the loop uses
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER_BYTES)

    def run(self) -> None:
        """Relay until killed; rooms come line by line on standard input."""
        print(self._socket.getsockname()[1], flush=True)
        threading.Thread(target=self._admit_all, daemon=True).start()
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRECEDENCE)
        self._native.floor_run(ctypes.byref(Srtp.of_pylibsrtp()), self._socket.fileno())

    def _admit_all(self) -> None:
        for line in sys.stdin:
            self._admit(json.loads(line))
            print("admitted", flush=True)
        os._exit(0)  # the other end has gone; the loop would not hear of it

    def _admit(self, room: dict[str, Any]) -> None:
        parties = [self._party(told) for told in room["parties"]]
        for publisher in parties[: room["publishers"]]:
            for subscriber in parties:
                if (
                    subscriber is not publisher
                    and self._native.floor_subscribe(publisher, subscriber) < 0
                ):
                    raise ValueError("too many subscribers for the floor")
        for party in parties:
            self._native.floor_admit(party)

    def _party(self, told: dict[str, Any]) -> ctypes.c_void_p:
        receive, send = _inbound(bytes.fromhex(told["up"])), _outbound(bytes.fromhex(told["down"]))
        self._sessions += [receive, send]
        party = self._native.floor_new_party(
            told["host"].encode(), told["port"], pointer(receive), pointer(send)
        )
        return ctypes.c_void_p(party)


def _library() -> Any:
    library = compiled("floor", [Path(__file__).with_name("floor.c")])
    library.floor_new_party.restype = ctypes.c_void_p
    library.floor_new_party.argtypes = [
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    return library


if __name__ == "__main__":
    _Server(sys.argv[1]).run()
