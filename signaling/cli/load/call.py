"""One call of two load accounts, over all that a real one takes: HTTP, WebSockets, offers
and answers, ICE, DTLS.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from relay.load.connection import Connection, any_address
from relay.load.description import Track, Transport, offer
from relay.load.generator import new_ssrc
from relay.load.running import Running
from relay.media import Kind
from signaling.calls.messages import (
    Answer,
    CallEnded,
    CallInvitation,
    CallJoined,
    CallStart,
    MediaState,
    Offer,
    SetMediaState,
    Slots,
)
from signaling.calls.resources import (
    AcceptCall,
    CallAcceptedReply,
    CallEndedReply,
    CallInitiated,
    CallReference,
    InitiateCall,
)
from signaling.cli.load.person import CallFailed, Page, Person
from signaling.kernel.words import Source
from signaling.recordings.messages import RecordingStateChanged

SETUP_SECONDS = 30.0
END_SECONDS = 10.0
_KINDS: dict[Source, Kind] = {"microphone": "audio", "camera": "video"}


@dataclass(frozen=True)
class CallKind:
    """What all calls of one load are."""

    audio_only: bool
    recorded: bool

    @property
    def sources(self) -> tuple[Source, ...]:
        """What each side sends."""
        return ("microphone",) if self.audio_only else ("microphone", "camera")


@dataclass(frozen=True)
class End:
    """What became of ending a call."""

    begun: bool
    """Whether there was a call, or at least may have been one."""
    problem: str | None = None
    """Why it could not be ended, if so."""


class Call:
    """From the invitation to the end.

    `set_up` once, then `last` while it runs, and `end` in any case.
    """

    def __init__(self, kind: CallKind, provider: Person, patient: Person, load: Running) -> None:
        self._kind, self._load = kind, load
        self._provider, self._patient = provider, patient
        self._initiating: asyncio.Task[CallInitiated] | None = None
        self._pages: list[Page] = []
        self._room_id = ""
        self.recording = False
        """Whether the server has said that it records."""

    async def set_up(self) -> float:
        """Until sound and picture flow both ways; the seconds from the invitation on.

        Raises CallFailed.
        """
        try:
            async with asyncio.timeout(SETUP_SECONDS):
                return await self._set_up()
        except TimeoutError as error:
            raise CallFailed(
                str(error) or f"a call was not set up within {SETUP_SECONDS:.0f} s"
            ) from None
        except ConnectionError as error:
            raise CallFailed(str(error)) from None

    async def _set_up(self) -> float:
        provider, patient = await self._open(self._provider), await self._open(self._patient)
        begin = time.monotonic()
        self._initiating = asyncio.create_task(self._initiate())
        self._room_id = (await asyncio.shield(self._initiating)).room_id
        connected = await asyncio.gather(self._join(provider), self._answer(patient))
        return max(connected) - begin

    async def _open(self, person: Person) -> Page:
        page = await person.open_page()
        self._pages.append(page)
        return page

    async def _initiate(self) -> CallInitiated:
        body = InitiateCall(
            patient_id=self._patient.identity.user_id,
            recording_enabled=self._kind.recorded,
            audio_only=self._kind.audio_only,
        )
        return await self._provider.post("call/initiate", body, CallInitiated)

    async def _answer(self, page: Page) -> float:
        await page.hear(CallInvitation, room_id=self._room_id)
        body = AcceptCall(room_id=self._room_id, recording_consent=self._kind.recorded)
        await page.person.post("call/accept", body, CallAcceptedReply)
        return await self._join(page)

    async def _join(self, page: Page) -> float:
        """Take part; returns when (monotonic seconds) media was connected."""
        room_id = self._room_id
        await page.say(CallStart(room_id=room_id))
        slots = (await page.hear(CallJoined, room_id=room_id)).slots
        if self._kind.audio_only:
            await page.say(SetMediaState(room_id=room_id, media=MediaState(camera=False)))
        connection, tracks = Connection(any_address()), self._tracks()
        try:
            sdp = offer(connection.transport, tracks, _kinds(slots))
            sources = dict(zip((track.mid for track in tracks), self._kind.sources, strict=True))
            await page.say(Offer(room_id=room_id, sdp=sdp, sources=sources))
            answer = (await page.hear(Answer, room_id=room_id)).sdp
            consent = await connection.connect(Transport.of(answer))
            connected = time.monotonic()
            await self._load.add(connection, consent, [track.agreed(answer) for track in tracks])
        except BaseException:
            connection.socket.close()
            raise
        return connected

    def _tracks(self) -> tuple[Track, ...]:
        kinds = [_KINDS[source] for source in self._kind.sources]
        return tuple(
            Track(kind, str(mid), new_ssrc(), new_ssrc() if kind == "video" else 0)
            for mid, kind in enumerate(kinds)
        )

    async def last(self) -> str:
        """Wait until the call is over without our doing; why. Cancel it to end the call."""
        both = [asyncio.create_task(self._listen(page)) for page in self._pages]
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for task in both:
                task.cancel()

    async def _listen(self, page: Page) -> str:
        while True:
            try:
                message = await page.next()
            except CallFailed as failure:
                return str(failure)
            if isinstance(message, CallEnded) and message.room_id == self._room_id:
                return f"the server ended a call: {message.reason}"
            if isinstance(message, RecordingStateChanged):
                self.recording = self.recording or message.state == "recording"
                if message.state == "failed":
                    return f"a recording failed: {message.reason}"

    async def end(self) -> End:
        """Hang up, or withdraw the invitation, and close the pages."""
        try:
            async with asyncio.timeout(END_SECONDS):
                end = End(begun=await self._hang_up())
        except (CallFailed, TimeoutError) as error:
            end = End(
                begun=True, problem=str(error) or f"a call was not ended within {END_SECONDS:.0f} s"
            )
        for page in self._pages:
            with suppress(TimeoutError):
                async with asyncio.timeout(END_SECONDS):
                    await page.close()
        return end

    async def _hang_up(self) -> bool:
        """False if there was nothing to end."""
        if self._initiating is None:
            return False
        try:
            room_id = (await self._initiating).room_id
        except CallFailed:
            return False
        await self._provider.post("call/end", CallReference(room_id=room_id), CallEndedReply)
        return True


def _kinds(slots: Slots) -> tuple[Kind, ...]:
    audio: list[Kind] = ["audio"] * slots.audio
    video: list[Kind] = ["video"] * slots.video
    return (*audio, *video)
