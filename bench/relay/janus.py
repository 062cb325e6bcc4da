"""Janus (Debian's package) with its videoroom plugin, as the peer to measure beside.

Janus gives each participant one connection for what it publishes and one for what it subscribes to.
Its plugin records unencrypted .mjr files, one a track.
"""

import asyncio
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from bench.relay.scenario import Scenario
from bench.relay.target import Joining
from relay.load.connection import Connection
from relay.load.description import Transport, description, offer, sections
from relay.load.generator import Generator

START_TIMEOUT = 20.0  # s
ANSWER_TIMEOUT = 20.0  # s

# Every plugin and transport but one is off; what is in none of these lists stands at Janus's
# default.
_MAIN = """
general: {{
  debug_level = 2, session_timeout = 0, event_loops = {event_loops}, protected_folders = []
}}
media: {{ rtp_port_range = "20000-60000" }}
nat: {{ ice_lite = true, ice_enforce_list = "{host}" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
_WEBSOCKETS = (
    'general: {{ json = "compact", ws = true, ws_port = {port}, ws_interface = "lo", wss = false '
    "}}\n"
)
_OTHER_PLUGINS = (
    "audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming",
    "textroom", "videocall", "voicemail"
)  # fmt: skip
_OTHER_TRANSPORTS = ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")
_NOT_OURS = (
    "a=ice-", "a=fingerprint", "a=setup", "a=candidate", "a=end-of", "a=ssrc", "a=msid",
    "a=rtcp-mux", "a=rtcp-rsize"
)  # fmt: skip


def version() -> str:
    """As Janus tells it. Exits where it is not installed."""
    if not shutil.which("janus"):
        sys.exit(
            "The comparison needs Janus: scripts/debian-packages janus (or leave it out: "
            "--targets carelay floor)"
        )
    told = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+\.\d+", told.stdout)
    return found[0] if found else "unknown"


class _Session:
    """Janus's JSON over one WebSocket."""

    def __init__(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket_
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())
        self._id: int | None = None

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, port: int) -> "_Session":
        session = cls(
            await http.ws_connect(f"ws://127.0.0.1:{port}", protocols=("janus-protocol",))
        )
        session._id = (await session.ask(janus="create"))["data"]["id"]
        return session

    async def _read(self) -> None:
        async for message in self._socket:
            body = message.json()
            waiting = self._waiting.get(body.get("transaction", ""))
            if waiting and not waiting.done() and body["janus"] != "ack":
                waiting.set_result(body)

    async def ask(self, **body: Any) -> dict[str, Any]:
        """The answer; what is asynchronous in Janus has an `ack` before, which is skipped.

        Raises ConnectionError.
        """
        transaction = secrets.token_hex(8)
        answered = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        session = {"session_id": self._id} if self._id else {}
        await self._socket.send_json({**body, **session, "transaction": transaction})
        async with asyncio.timeout(ANSWER_TIMEOUT):
            reply: dict[str, Any] = await answered
        del self._waiting[transaction]
        if reply["janus"] == "error" or "error_code" in reply.get("plugindata", {}).get("data", {}):
            raise ConnectionError(f"Janus refused {body}: {reply}")
        return reply

    async def attach(self) -> int:
        """A handle of the videoroom plugin."""
        return int((await self.ask(janus="attach", plugin="janus.plugin.videoroom"))["data"]["id"])

    async def message(
        self, handle: int, sdp: dict[str, str] | None = None, **body: Any
    ) -> dict[str, Any]:
        """To the plugin, with an offer or answer."""
        jsep = {"jsep": {**sdp, "trickle": False}} if sdp else {}
        return await self.ask(janus="message", handle_id=handle, body=body, **jsep)

    async def close(self) -> None:
        self._reader.cancel()
        await self._socket.close()


class Janus:
    """A private server with `event_loops` loops; 0: a thread for each connection,
    which is Janus's default.
    """

    name = "janus"

    def __init__(self, generator: Generator, host: str, event_loops: int) -> None:
        self._generator, self._host, self._event_loops = generator, host, event_loops
        self._folder = tempfile.TemporaryDirectory(prefix="bench-janus-")
        self._port = _free_port()
        self._http: aiohttp.ClientSession
        self._session: _Session
        self._process: asyncio.subprocess.Process
        self._joining = Joining()
        self.pid = 0

    @classmethod
    def maker(cls, host: str, event_loops: int) -> "Callable[[Generator], Janus]":
        return lambda generator: cls(generator, host, event_loops)

    async def start(self) -> None:
        folder = Path(self._folder.name)
        self._configure(folder)
        with (folder / "janus.log").open("w") as log:
            self._process = await asyncio.create_subprocess_exec(
                "janus", "--configs-folder", folder, stdout=log, stderr=log
            )
        self.pid = self._process.pid
        self._http = aiohttp.ClientSession()
        async with asyncio.timeout(START_TIMEOUT):
            self._session = await self._first_session()

    def _configure(self, folder: Path) -> None:
        main = _MAIN.format(
            event_loops=self._event_loops,
            host=self._host,
            plugins=",".join(f"libjanus_{name}.so" for name in _OTHER_PLUGINS),
            transports=",".join(f"libjanus_{name}.so" for name in _OTHER_TRANSPORTS),
        )
        (folder / "janus.jcfg").write_text(main)
        (folder / "janus.transport.websockets.jcfg").write_text(_WEBSOCKETS.format(port=self._port))
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: { events = false }\n")

    async def _first_session(self) -> _Session:
        while True:
            try:
                return await _Session.open(self._http, self._port)
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)

    async def join(self, scenario: Scenario, room: str) -> None:
        number = zlib.crc32(room.encode())
        await self._session.message(
            await self._session.attach(),
            request="create",
            room=number,
            publishers=max(scenario.publishers, 2),
            videocodec="vp8",
            bitrate=2_500_000,
            record=scenario.recorded,
            rec_dir=self._folder.name,
        )
        feeds = await self._joining.each(
            [self._publish(number, scenario) for _ in range(scenario.publishers)]
        )
        heard = [
            [feed for other, feed in enumerate(feeds) if other != one]
            for one in range(scenario.participants)
        ]
        await self._joining.each([self._subscribe(number, others) for others in heard if others])

    async def record(self, room: str) -> None:
        """The room was made so."""

    async def _publish(self, room: int, scenario: Scenario) -> int:
        """The feed."""
        handle = await self._session.attach()
        joined = await self._session.message(handle, request="join", ptype="publisher", room=room)
        connection, tracks = Connection(self._host), scenario.tracks()
        offered = {"type": "offer", "sdp": offer(connection.transport, tracks)}
        answer = (await self._session.message(handle, offered, request="publish"))["jsep"]["sdp"]
        consent = await connection.connect(Transport.of(answer))
        self._generator.add(connection, consent, [track.agreed(answer) for track in tracks])
        return int(joined["plugindata"]["data"]["id"])

    async def _subscribe(self, room: int, feeds: list[int]) -> None:
        handle = await self._session.attach()
        streams = [{"feed": feed} for feed in feeds]
        joined = await self._session.message(
            handle, request="join", ptype="subscriber", room=room, streams=streams
        )
        connection, offered = Connection(self._host), joined["jsep"]["sdp"]
        answered = {"type": "answer", "sdp": _answer(connection.transport, offered)}
        await self._session.message(handle, answered, request="start")
        self._generator.add(connection, await connection.connect(Transport.of(offered)), [])

    async def close(self) -> None:
        await self._session.close()
        await self._http.close()
        self._process.terminate()
        await self._process.wait()
        self._folder.cleanup()


def _answer(transport: Transport, offered: str) -> str:
    """All that is offered, with our transport in place of Janus's."""
    media = []
    for section in sections(offered):
        kept = [line for line in section.split("\r\n") if line and not line.startswith(_NOT_OURS)]
        kept = ["a=recvonly" if line == "a=sendonly" else line for line in kept]
        media.append(
            "".join(
                f"{line}\r\n"
                for line in (*kept, *(f"a={value}" for value in transport.lines("active")))
            )
        )
    return description(re.findall(r"^a=mid:(\S+)", offered, re.MULTILINE), media)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
