"""Calls set up per second: `carelay serve` as a process, many people at once,
from the invitation to the first sound.

A call counts from `call/initiate` until the patient has decrypted the provider's first RTP packet:
HTTP, WebSockets, the database with its audit rows, offers and answers, ICE and DTLS of both. Then
it is ended, which counts as well for the calls per second. The floor is the same clients on the
relay alone, without HTTP API, WebSockets and database.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

from bench.caller import HOST, SOURCES, Media, Person, first_sound, person, two_sides
from bench.process import cpu_seconds
from bench.relay.carelay import RelayProcess
from bench.results import percentile
from tests.scenarios.server_process import serve

CALLS, AT_ONCE = 48, 4
TIMEOUT = 30.0  # s for one call


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
        seconds = time.monotonic() - begin
        await relay.post("close", room=room)
        return seconds


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
    return {
        "calls": CALLS,
        "at_once": AT_ONCE,
        "carelay": await _carelay(),
        "floor_relay_alone": await _floor(),
    }
