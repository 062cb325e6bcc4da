"""`carelay serve` as a process of its own, and people who use it over real HTTP, WebSocket
and UDP.
"""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt

from signaling.kernel.words import Role
from storage.vault.keys.file import KeyFile
from tests.patience import PATIENCE
from tests.relay.client import Client

SECRET = "a shared secret of the host platform, long enough"
API = "/api/v1/telemedicine"


@dataclass
class ServerProcess:
    """One server on a folder; started again on the same folder it is the next run."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ready(self) -> None:
        """Wait until it serves."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
            while True:
                assert self.process.returncode is None, (self.folder / "log").read_text()
                try:
                    if (await http.get(f"{self.url}/readyz")).status == 200:
                        return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """As systemd would; the exit code."""
        self.process.terminate()
        return await self.process.wait()


@asynccontextmanager
async def serve(
    folder: Path, more: str = "", storage: str = "", shared: Path | None = None
) -> AsyncIterator[ServerProcess]:
    """A server that is ready; `more` goes below its configuration, `storage` into that section.

    Its data and its key are in `shared`, which another server may have, too, or in its own folder.
    """
    async with started(folder, more, storage, shared) as server:
        await server.ready()
        yield server


@asynccontextmanager
async def started(
    folder: Path,
    more: str = "",
    storage: str = "",
    shared: Path | None = None,
    within: Sequence[str] = (),
) -> AsyncIterator[ServerProcess]:
    """The same, though it is not ready yet; `within` is a command that executes it."""
    port = _free_port()
    config = _prepare(folder, shared or folder, port, more, storage)
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *within,
            sys.executable,
            "-m",
            "signaling.cli",
            "serve",
            "--config",
            config,
            stdout=log,
            stderr=log,
        )
    server = ServerProcess(folder, port, process)
    try:
        yield server
    finally:
        if process.returncode is None:
            await server.kill()


def _prepare(folder: Path, kept: Path, port: int, more: str, storage: str) -> Path:
    if not (key := kept / "keys" / "recording.key").exists():
        KeyFile.create(key)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.toml"
    config.write_text(_config(kept, port, storage) + more)
    return config


def _config(folder: Path, port: int, storage: str) -> str:
    return f"""
[server]
port = {port}
[relay]
host = "127.0.0.1"
port = 0
[storage]
data_path = "{folder}/data"
{storage}
[recording]
key_file = "{folder}/keys/recording.key"
[jwt]
secret = "{SECRET}"
issuer = "platform"
audience = "carelay"
roles = ["patient", "provider", "compliance", "ops", "admin"]
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Person:
    """Somebody signed in by a token of the host platform: a socket, HTTP,
    and perhaps a browser's media.
    """

    user_id: str
    http: aiohttp.ClientSession
    ws: aiohttp.ClientWebSocketResponse
    client: Client = field(default_factory=Client)

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        return await self._ask("POST", path, json=body)

    async def get(self, path: str) -> dict[str, Any]:
        return await self._ask("GET", path)

    async def delete(self, path: str) -> dict[str, Any]:
        return await self._ask("DELETE", path)

    async def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """Whoever asks too often waits for as long as they are told to, as pages do."""
        while True:
            async with self.http.request(method, f"{API}/{path}", **more) as response:
                decoded: dict[str, Any] = await response.json(content_type=None)
            if response.status != 429:
                assert response.status == 200, decoded
                return decoded
            await asyncio.sleep(decoded["parameters"]["seconds"])

    async def say(self, kind: str, **message: object) -> None:
        await self.ws.send_json({"type": kind, **message})

    async def hear(self, kind: str, **expected: object) -> dict[str, Any]:
        """The next message of that type with those fields; others are skipped,
        an error is none of them.
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self.ws.receive()
                assert message.type is aiohttp.WSMsgType.TEXT, f"{message} while waiting for {kind}"
                decoded: dict[str, Any] = json.loads(message.data)
                assert decoded["type"] != "error" or kind == "error", decoded
                if decoded["type"] == kind and all(
                    decoded[name] == value for name, value in expected.items()
                ):
                    return decoded

    async def join(self, room_id: str) -> None:
        """Take part, with media connected."""
        await self.say("call_start", room_id=room_id)
        slots = (await self.hear("call_joined"))["slots"]
        sdp, sources = self.client.offer(audio_slots=slots["audio"], video_slots=slots["video"])
        await self.say("offer", room_id=room_id, sdp=sdp, sources=sources)
        await self.client.connect((await self.hear("answer"))["sdp"])


@asynccontextmanager
async def person(server: ServerProcess, role: Role, user_id: str = "") -> AsyncIterator[Person]:
    """Signed in with a token; the user's id is the role, unless another is given."""
    user_id = user_id or role
    expires = datetime.now(UTC) + timedelta(hours=1)
    claims = {
        "sub": user_id,
        "role": role,
        "name": f"Name of {user_id}",
        "iss": "platform",
        "aud": "carelay",
        "exp": expires,
    }
    headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}
    async with (
        aiohttp.ClientSession(server.url, headers=headers) as http,
        http.ws_connect(f"{API}/ws/{user_id}") as ws,
    ):
        one = Person(user_id, http, ws)
        try:
            yield one
        finally:
            await one.client.close()
