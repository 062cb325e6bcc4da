"""A person who calls: signed in over HTTP and WebSocket, with real ICE, DTLS and SRTP,
and a little sound to send.
"""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import aiohttp
import jwt

from relay.load.connection import Connection
from relay.load.description import OPUS, Track, Transport, offer
from relay.load.generator import new_ssrc
from relay.media import Kind
from tests.scenarios.server_process import API, SECRET, ServerProcess

HOST = "127.0.0.1"
SOURCES = {"0": "microphone", "1": "camera"}
SLOTS: tuple[Kind, ...] = ("audio", "video", "video")
SOUND_INTERVAL = 0.02  # s


class Media:
    """One side's connection for one call."""

    def __init__(self) -> None:
        self.connection = Connection(HOST)
        self._tracks = (
            Track("audio", "0", new_ssrc()),
            Track("video", "1", new_ssrc(), new_ssrc()),
        )

    def offer(self) -> str:
        """As the page of a call of two makes it."""
        return offer(self.connection.transport, self._tracks, SLOTS)

    async def connect(self, answer: str) -> None:
        """ICE and DTLS."""
        await self.connection.connect(Transport.of(answer))

    async def speak(self) -> None:
        """Send sound until cancelled."""
        for number in count(1):
            head = struct.pack(
                "!BBHII", 0x80, OPUS, number & 0xFFFF, number * 960, self._tracks[0].ssrc
            )
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
        """The next message of that type with those fields.

        Raises ConnectionError if the server reports one.
        """
        while True:
            message: dict[str, Any] = json.loads(await self.ws.receive_str())
            if message["type"] == "error":
                raise ConnectionError(f"{self.user_id} was told {message}")
            if message["type"] == kind and all(
                message[name] == value for name, value in expected.items()
            ):
                return message

    async def join(self, room_id: str, media: Media) -> None:
        """Take part, with media connected."""
        await self.ws.send_json({"type": "call_start", "room_id": room_id})
        await self.hear("call_joined", room_id=room_id)
        sdp = media.offer()
        await self.ws.send_json(
            {"type": "offer", "room_id": room_id, "sdp": sdp, "sources": SOURCES}
        )
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
