"""Calls set up per second: `carelay serve` as a process, many people at once, from the invitation to the first sound.

A call counts from `call/initiate` until the patient has decrypted the provider's first RTP packet: HTTP, WebSockets,
the database with its audit rows, offers and answers, ICE and DTLS of both. Then it is ended, which counts as well for
the calls per second. The floor is the same clients on the relay alone, without HTTP API, WebSockets and database.
"""

import asyncio
import json
import struct
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import jwt

from bench.load.connection import Connection
from bench.load.description import OPUS, Kind, Track, Transport, offer
from bench.load.generator import new_ssrc
from bench.process import cpu_seconds
from bench.relay.carelay import RelayProcess
from bench.results import percentile
from tests.scenarios.server_process import API, SECRET, ServerProcess, serve

HOST = "127.0.0.1"
CALLS, AT_ONCE = 48, 4
SOURCES = {"0": "microphone", "1": "camera"}
SLOTS: tuple[Kind, ...] = ("audio", "video", "video")
SOUND_INTERVAL = 0.02  # s
TIMEOUT = 30.0  # s for one call


class Media:
    """One side's connection for one call."""

    def __init__(self) -> None:
        self.connection = Connection(HOST)
        self._tracks = (Track("audio", "0", new_ssrc()), Track("video", "1", new_ssrc(), new_ssrc()))

    def offer(self) -> str:
        """As the page of a call of two makes it."""
        return offer(self.connection.transport, self._tracks, SLOTS)

    async def connect(self, answer: str) -> None:
        """ICE and DTLS."""
        await self.connection.connect(Transport.of(answer))

    async def speak(self) -> None:
        """Send sound until cancelled."""
        for number in count(1):
            head = struct.pack("!BBHII", 0x80, OPUS, number & 0xFFFF, number * 960, self._tracks[0].ssrc)
            self.connection.socket.send(self.connection.send.protect(head + b"\x78" + bytes(80)))
            await asyncio.sleep(SOUND_INTERVAL)

    async def hear(self) -> None:
        """Until an RTP packet came that can be decrypted."""
        loop = asyncio.get_running_loop()
        while True:
            datagram = await loop.sock_recv(self.connection.socket, 2048)
            if 128 <= datagram[0] < 192 and not 192 <= datagram[1] < 224:
                self.connection.receive.unprotect(datagram)
                return

    def close(self) -> None:
        self.connection.socket.close()


@asynccontextmanager
async def two_sides() -> AsyncIterator[tuple[Media, Media]]:
    """Provider's and patient's media of one call."""
    sides = Media(), Media()
    try:
        yield sides
    finally:
        for side in sides:
            side.close()


async def first_sound(speaker: Media, listener: Media) -> None:
    """Until one hears the other."""
    speaking = asyncio.create_task(speaker.speak())
    try:
        await listener.hear()
    finally:
        speaking.cancel()


@dataclass
class Person:
    """Somebody signed in with a token of the host platform."""

    user_id: str
    http: aiohttp.ClientSession
    ws: aiohttp.ClientWebSocketResponse

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        async with self.http.post(f"{API}/{path}", json=body, raise_for_status=True) as response:
            decoded: dict[str, Any] = await response.json()
            return decoded

    async def hear(self, kind: str, **expected: object) -> dict[str, Any]:
        """The next message of that type with those fields. Raises ConnectionError if the server reports one."""
        while True:
            message: dict[str, Any] = json.loads(await self.ws.receive_str())
            if message["type"] == "error":
                raise ConnectionError(f"{self.user_id} was told {message}")
            if message["type"] == kind and all(message[name] == value for name, value in expected.items()):
                return message

    async def join(self, room_id: str, media: Media) -> None:
        """Take part, with media connected."""
        await self.ws.send_json({"type": "call_start", "room_id": room_id})
        await self.hear("call_joined", room_id=room_id)
        sdp = media.offer()
        await self.ws.send_json({"type": "offer", "room_id": room_id, "sdp": sdp, "sources": SOURCES})
        await media.connect((await self.hear("answer", room_id=room_id))["sdp"])


@asynccontextmanager
async def person(server: ServerProcess, role: str, number: int) -> AsyncIterator[Person]:
    """With an open WebSocket."""
    user_id = f"{role}-{number}"
    claims = {
        "sub": user_id,
        "role": role,
        "name": f"Name of {user_id}",
        "iss": "platform",
        "aud": "carelay",
        "exp": datetime.now(UTC) + timedelta(hours=1),
    }
    headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}
    async with (
        aiohttp.ClientSession(server.url, headers=headers) as http,
        http.ws_connect(f"{API}/ws/{user_id}") as ws,
    ):
        one = Person(user_id, http, ws)
        await one.hear("welcome")
        yield one


async def call(provider: Person, patient: Person) -> float:
    """One call of two people, ended; the seconds until the first sound."""
    begin = time.monotonic()
    async with two_sides() as (speaker, listener):
        body = {"patient_id": patient.user_id, "recording_enabled": False, "audio_only": False}
        room_id = (await provider.post("call/initiate", **body))["room_id"]
        await asyncio.gather(provider.join(room_id, speaker), _answer(patient, room_id, listener))
        await first_sound(speaker, listener)
        seconds = time.monotonic() - begin
        await provider.post("call/end", room_id=room_id)
        return seconds


async def _answer(patient: Person, room_id: str, media: Media) -> None:
    await patient.hear("call_invitation", room_id=room_id)
    await patient.post("call/accept", room_id=room_id, recording_consent=False)
    await patient.join(room_id, media)


async def relayed(relay: RelayProcess, room: str) -> float:
    """The floor: both join a room of the relay alone."""
    begin = time.monotonic()

    async def join(participant: str, media: Media) -> None:
        body = {"room": room, "participant": participant, "sdp": media.offer(), "sources": SOURCES}
        await media.connect((await relay.post("join", **body))["sdp"])

    async with two_sides() as (speaker, listener):
        await asyncio.gather(join("provider", speaker), join("patient", listener))
        await first_sound(speaker, listener)
        return time.monotonic() - begin


async def in_turns(one_call: Callable[[int], Awaitable[float]], pid: int) -> dict[str, float]:
    """CALLS calls, AT_ONCE at the same time; `one_call` is told which of those it is in."""
    remaining = iter(range(CALLS))
    setup: list[float] = []

    async def worker(number: int) -> None:
        for _ in remaining:
            async with asyncio.timeout(TIMEOUT):
                setup.append(await one_call(number))

    begin, cpu = time.monotonic(), cpu_seconds(pid)
    await asyncio.gather(*map(worker, range(AT_ONCE)))
    seconds, cpu = time.monotonic() - begin, cpu_seconds(pid) - cpu
    return {
        "calls_per_second": round(CALLS / seconds, 1),
        "server_cpu_ms_per_call": round(1e3 * cpu / CALLS, 1),
        "setup_ms_p50": round(1e3 * percentile(setup, 0.5), 1),
        "setup_ms_p99": round(1e3 * percentile(setup, 0.99), 1),
    }


async def _carelay() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        async with serve(Path(folder, "server")) as server, AsyncExitStack() as stack:
            roles = ("provider", "patient")
            people = [
                [await stack.enter_async_context(person(server, role, number)) for role in roles]
                for number in range(AT_ONCE)
            ]
            await call(*people[0])  # what is done once in a process
            return await in_turns(lambda number: call(*people[number]), server.process.pid)


async def _floor() -> dict[str, float]:
    async with RelayProcess.running(HOST) as relay:
        rooms = count()
        await relayed(relay, "first")
        return await in_turns(lambda _: relayed(relay, f"room {next(rooms)}"), relay.pid)


async def measure() -> dict[str, object]:
    """Both in one run."""
    return {"calls": CALLS, "at_once": AT_ONCE, "carelay": await _carelay(), "floor_relay_alone": await _floor()}
