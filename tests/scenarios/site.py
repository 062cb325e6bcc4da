"""Two servers on one database and one folder, and calls on them that are recorded."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.database import Database
from storage.models import AuditRow
from tests.patience import PATIENCE
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import Person, ServerProcess, person, started
from tests.talking import Conversation, talking

LEASE_SECONDS = 8
NAMES = ("first", "second")


@dataclass
class Site:
    """What two servers share."""

    folder: Path
    url: str

    @asynccontextmanager
    async def server(self, name: str) -> AsyncIterator[ServerProcess]:
        """That server, or its next start."""
        async with self.started(name) as server:
            await server.ready()
            yield server

    def started(self, name: str) -> AbstractAsyncContextManager[ServerProcess]:
        """The same, though it is not ready yet."""
        storage = f'database_url = "{self.url}"\nlease_seconds = {LEASE_SECONDS}'
        return started(self.folder / name, storage=storage, shared=self.folder / "shared")

    @asynccontextmanager
    async def both(self) -> AsyncIterator[tuple[ServerProcess, ServerProcess]]:
        """Two of them, started at once."""
        async with AsyncExitStack() as closing:
            starting = (closing.enter_async_context(self.server(name)) for name in NAMES)
            first, second = await asyncio.gather(*starting)
            yield first, second


@dataclass
class RecordedCall:
    """Two who talk on one server, and are recorded."""

    room_id: str
    provider: Person
    patient: Person
    conversation: Conversation

    @property
    def said(self) -> float:
        """How long both have talked, in seconds."""
        return min(speaker.seconds for speaker in self.conversation.speakers)


@asynccontextmanager
async def recorded_call(server: ServerProcess, name: str) -> AsyncIterator[RecordedCall]:
    async with (
        person(server, "provider", f"provider of {name}") as provider,
        person(server, "patient", f"patient of {name}") as patient,
    ):
        await patient.hear("welcome")
        initiated = await provider.post(
            "call/initiate", patient_id=patient.user_id, recording_enabled=True
        )
        room_id = initiated["room_id"]
        await provider.join(room_id)
        await patient.post("call/accept", room_id=room_id, recording_consent=True)
        await patient.join(room_id)
        await provider.hear("recording_state", state="recording")
        async with talking(provider.client, patient.client) as conversation:
            yield RecordedCall(room_id, provider, patient, conversation)


async def recording_of(compliance: Person, room_id: str) -> dict[str, Any]:
    found = await every(compliance, "recordings")
    [recording] = [recording for recording in found if recording["room_id"] == room_id]
    return recording


async def every(asking: Person, what: str) -> list[dict[str, Any]]:
    """Of all pages of a list, such as `recordings`."""
    page = await asking.get(what)
    found: list[dict[str, Any]] = page[what]
    while cursor := page["next_cursor"]:
        page = await asking.get(f"{what}?cursor={cursor}")
        found += page[what]
    return found


async def settled(compliance: Person, room_id: str) -> dict[str, Any]:
    """The recording, once nothing is left to be written."""
    async with asyncio.timeout(PATIENCE + LEASE_SECONDS):
        recording = await recording_of(compliance, room_id)
        while recording["state"] == "recording":
            await asyncio.sleep(0.1)
            recording = await recording_of(compliance, room_id)
    return recording


async def recovered(compliance: Person, room_id: str) -> dict[str, Any]:
    """The recording, once it is as complete as it can be."""
    recording = await settled(compliance, room_id)
    assert recording["state"] == "recovered"
    return recording


async def closed(asking: Person, room_id: str) -> dict[str, Any]:
    """The call of a server that was killed, once somebody has ended it."""
    async with asyncio.timeout(PATIENCE + LEASE_SECONDS):
        call = await asking.get(f"calls/{room_id}")
        while call["call_status"] in {"initiated", "active"}:
            await asyncio.sleep(0.1)
            call = await asking.get(f"calls/{room_id}")
    assert (call["call_status"], call["end_reason"]) == ("failed", "server_restart")
    return call


def facts(call: dict[str, Any]) -> dict[str, Any]:
    """All but whether there is something to play by now."""
    return {name: value for name, value in call.items() if name != "has_recording"}


async def is_undisturbed(call: RecordedCall, compliance: Person) -> None:
    assert (await compliance.get(f"calls/{call.room_id}"))["call_status"] == "active"
    assert (await recording_of(compliance, call.room_id))["state"] == "recording"


async def is_complete(call: RecordedCall, compliance: Person) -> None:
    """It ends as every call does, and nothing of it is missing."""
    said = call.said
    await call.provider.post("call/end", room_id=call.room_id)
    recording = await settled(compliance, call.room_id)
    assert recording["state"] == "complete"
    detail = await compliance.get(f"recordings/{recording['recording_id']}")
    assert [part["state"] for part in detail["parts"]] == ["sealed", "sealed"]
    assert all(part["losses"]["lost_packets"] == 0 for part in detail["parts"])
    for pictures, sounds in (await decoded(compliance, recording)).values():
        assert min(pictures, sounds) > said - 1


async def is_saved(compliance: Person, room_id: str, said: float) -> None:
    """But for the second that a kill costs, and what a busy machine had still to write."""
    recording = await recovered(compliance, room_id)
    for pictures, sounds in (await decoded(compliance, recording)).values():
        assert min(pictures, sounds) > said - 3


def nothing_is_left_over(site: Site) -> None:
    files = [
        path.name for path in (site.folder / "shared" / "data" / "recordings").rglob("*.part*")
    ]
    assert files
    assert all(re.fullmatch(r"[0-9a-f]{32}\.part", name) for name in files), files


async def finished(site: Site) -> Counter[str]:
    """How often the log tells the end of a call, and of a recording."""
    database = await Database.open(site.url)
    async with database.reading() as tx:
        ends = await tx.execute(
            select(AuditRow.action, AuditRow.session_id, AuditRow.recording_id).where(
                AuditRow.action.in_(("call.failed", "recording.recovered"))
            )
        )
        told = Counter(f"{action} {session or recording}" for action, session, recording in ends)
    await database.close()
    return told


async def all_is_finished_once(site: Site, compliance: Person, *, but: str = "") -> None:
    for call in await every(compliance, "calls"):
        if call["room_id"] != but:
            await closed(compliance, call["room_id"])
    for recording in await every(compliance, "recordings"):
        if recording["room_id"] != but:
            await recovered(compliance, recording["room_id"])
    assert set((await finished(site)).values()) <= {1}


async def call_until_killed(server: ServerProcess, name: str) -> None:
    """To be cancelled."""
    async with recorded_call(server, name):
        await asyncio.Event().wait()
