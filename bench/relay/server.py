"""carelay's relay as a process of its own, without signaling: rooms of any size,
joined by one HTTP request.

The public API of `carelay serve` has calls of two only, and joining there costs database and audit
as well (`bench.calls` measures that). So that the relay can be compared in every scenario, it is
opened here directly, on the event loop and with the settings that `carelay serve` gives it.

    POST /join {room, participant, sdp, sources} → {sdp}
    POST /record {room} → {}
    POST /close {room} → {}
    GET /forwarded → RTP packets that each engine thread has forwarded
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import uvloop
from aiohttp import web

from bench.recording import Vault
from relay.media import Assignment, SlotCount
from relay.recorder import PartDescription, Recorder
from relay.relay import Relay, RelaySettings
from storage.vault.container import PartIdentity
from storage.vault.writer import PartWriter


class _Listener:
    """Nobody is told of anything: the load knows what it asked for."""

    def peer_connected(self) -> None: ...
    def peer_disconnected(self, reason: str) -> None: ...
    def need_offer(self, slots: SlotCount) -> None: ...
    def assignments_changed(self, assignments: Sequence[Assignment]) -> None: ...


class _Rooms:
    """The two requests."""

    def __init__(self, relay: Relay, recordings: Path) -> None:
        self._relay, self._recordings = relay, recordings
        self._recorders: list[Recorder] = []

    async def join(self, request: web.Request) -> web.Response:
        asked = await request.json()
        peer = self._relay.room(asked["room"]).join(asked["participant"], _Listener())
        answer = await peer.offer(asked["sdp"], asked["sources"])
        return web.json_response({"sdp": answer.sdp})

    async def record(self, request: web.Request) -> web.Response:
        room = self._relay.room((await request.json())["room"])
        recorder = Recorder(room, list(room.peers), self._open_part, self._failed)
        recorder.start()
        self._recorders.append(recorder)
        return web.json_response({})

    async def close(self, request: web.Request) -> web.Response:
        await self._relay.close_room((await request.json())["room"])
        return web.json_response({})

    async def forwarded(self, _: web.Request) -> web.Response:
        return web.json_response(
            [engine.forwarded_packets for engine in self._relay.snapshot().engines]
        )

    async def _open_part(self, _: PartDescription) -> Vault:
        identity = PartIdentity(uuid4().hex, uuid4().hex)
        return Vault(
            await PartWriter.create(
                self._recordings / identity.part_id, bytes(32), identity, self._failed
            )
        )

    def _failed(self, error: Exception) -> None:
        print(f"the recording failed: {error!r}", file=sys.stderr, flush=True)


async def serve(host: str, engine_threads: int) -> None:
    """Until cancelled; prints the HTTP port once it listens."""
    relay = await Relay.open(RelaySettings(host=host, engine_threads=engine_threads))
    with tempfile.TemporaryDirectory(prefix="bench-carelay-") as folder:
        rooms = _Rooms(relay, Path(folder))
        application = web.Application()
        application.add_routes(
            [
                web.post("/join", rooms.join),
                web.post("/record", rooms.record),
                web.post("/close", rooms.close),
                web.get("/forwarded", rooms.forwarded),
            ]
        )
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2])))
