"""carelay's relay as a target: `bench.relay.server` and its clients."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bench.relay.scenario import Scenario
from bench.relay.target import Joining
from relay.load.connection import Connection
from relay.load.description import Track, Transport, offer
from relay.load.generator import Generator

START_TIMEOUT = 30.0  # s
_SOURCES = {"audio": "microphone", "video": "camera"}


class RelayProcess:
    """`bench.relay.server`, running."""

    def __init__(self, process: asyncio.subprocess.Process, host: str, port: int) -> None:
        self.pid = process.pid
        self._process, self._host = process, host
        self._http = aiohttp.ClientSession(f"http://127.0.0.1:{port}")

    @classmethod
    async def start(cls, host: str, engine_threads: int = 1) -> "RelayProcess":
        """Raises TimeoutError."""
        command = (sys.executable, "-m", "bench.relay.server", host, str(engine_threads))
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_TIMEOUT):
                return cls(process, host, int(await process.stdout.readline()))
        except BaseException:
            process.kill()
            await process.wait()
            raise

    @classmethod
    @asynccontextmanager
    async def running(cls, host: str) -> "AsyncIterator[RelayProcess]":
        """Until the block ends."""
        process = await cls.start(host)
        try:
            yield process
        finally:
            await process.close()

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        """One request. Raises aiohttp.ClientError."""
        async with self._http.post(f"/{path}", json=body, raise_for_status=True) as response:
            decoded: dict[str, Any] = await response.json()
            return decoded

    async def forwarded(self) -> list[int]:
        """RTP packets since the start, by engine thread. Raises aiohttp.ClientError."""
        async with self._http.get("/forwarded", raise_for_status=True) as response:
            counts: list[int] = await response.json()
            return counts

    async def connect(
        self, scenario: Scenario, room: str, participant: str, *, publishes: bool
    ) -> tuple[Connection, bytes, list[Track]]:
        """Join; the connection, the check that keeps it alive, and what it may send.

        Raises aiohttp.ClientError, ConnectionError or TimeoutError.
        """
        connection = Connection(self._host)
        tracks = scenario.tracks() if publishes else ()
        body = {
            "room": room,
            "participant": participant,
            "sdp": offer(connection.transport, tracks, slots=scenario.kinds),
            "sources": {track.mid: _SOURCES[track.kind] for track in tracks},
        }
        answer = (await self.post("join", **body))["sdp"]
        consent = await connection.connect(Transport.of(answer))
        return connection, consent, [track.agreed(answer) for track in tracks]

    async def wait(self) -> int:
        """Until it has ended by itself; its return code."""
        await self._http.close()
        return await self._process.wait()

    async def close(self) -> None:
        """It may have ended already."""
        if self._process.returncode is None:
            self._process.terminate()
        await self.wait()


class Carelay:
    """One connection for each participant, as its page has."""

    name = "carelay"

    def __init__(self, generator: Generator, host: str) -> None:
        self._generator, self._host = generator, host
        self._server: RelayProcess
        self._joining = Joining()
        self.pid = 0

    @classmethod
    def maker(cls, host: str) -> "Callable[[Generator], Carelay]":
        return lambda generator: cls(generator, host)

    async def start(self) -> None:
        self._server = await RelayProcess.start(self._host)
        self.pid = self._server.pid

    async def join(self, scenario: Scenario, room: str) -> None:
        participants = range(scenario.participants)
        await self._joining.each(
            [
                self._participant(scenario, room, str(one), one < scenario.publishers)
                for one in participants
            ]
        )

    async def _participant(
        self, scenario: Scenario, room: str, participant: str, publishes: bool
    ) -> None:
        self._generator.add(
            *await self._server.connect(scenario, room, participant, publishes=publishes)
        )

    async def record(self, room: str) -> None:
        await self._server.post("record", room=room)

    async def close(self) -> None:
        await self._server.close()
