"""What a client says on its socket, and what it is told when that was wrong."""

import logging
import time
from typing import TypeGuard

import msgspec

from signaling import problems
from signaling.calls import Calls, consenting, joining, leaving, media, switching
from signaling.calls.messages import (
    CallEnd,
    CallStart,
    ClientAnswer,
    IceCandidate,
    Offer,
    SetMediaState,
    SetPictures,
)
from signaling.clinical.chat.chat import Chat
from signaling.clinical.chat.messages import ChatSend
from signaling.identity.messages import Authenticate
from signaling.kernel.errors import DomainError, Failed, Invalid, Malformed, TooMany
from signaling.kernel.hub import Socket
from signaling.kernel.limits import Limits, TokenBucket
from signaling.recordings.messages import OffTheRecord, RecordingConsent, RecordingSwitch
from signaling.websocket import problem
from signaling.websocket.closing import Close
from signaling.websocket.messages import ClientMessage
from storage.errors import DatabaseUnavailable

MESSAGES = (60.0, 20.0)
"""At once, a second; a page that trickles candidates of a large host sends some 30 at once."""
FAULTS = (10.0, 0.1)  # a page of another version may be wrong now and then, not all the time

log = logging.getLogger(__name__)

_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)


class _Outline(msgspec.Struct):
    """As much of a refused message as the refusal repeats."""

    type: str | None = None
    room_id: str | None = None
    client_id: str | None = None


def decode(text: str | bytes) -> ClientMessage:
    """One message. Raises Malformed, which names the field."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise Malformed("invalid_message", problem=str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("invalid_json", problem=str(error)) from None


class Conversation:
    """One socket's side of the protocol. The socket stays open, until it is wrong too often."""

    def __init__(self, socket: Socket, calls: Calls, chat: Chat, limits: Limits) -> None:
        self._socket = socket
        self._calls = calls
        self._chat = chat
        self._limits = limits
        self._messages = TokenBucket.full(*MESSAGES, time.monotonic())
        self._faults = TokenBucket.full(*FAULTS, time.monotonic())

    async def hear(self, text: str | bytes) -> None:
        """Act on one message; everything the client may have got wrong ends in an `error`
        message.
        """
        try:
            message = decode(text)
            self._require_moderation(message)
            await self._act(message)
        except DomainError as error:
            fault = isinstance(error, Malformed | Invalid | TooMany)
            self._refuse(error, text, a_fault=fault or not self._is_moderate())
        except DatabaseUnavailable as error:
            self._refuse(problems.of_storage(error), text, a_fault=False)
        except Exception:
            log.exception("a message could not be served")
            self._refuse(Failed("internal_error"), text, a_fault=True)

    async def _act(self, message: ClientMessage) -> None:
        calls, socket = self._calls, self._socket
        match message:
            case CallStart():
                socket.send(await joining.join(calls, socket, message.room_id))
            case Offer():
                socket.send(
                    await media.offer(calls, socket, message.room_id, message.sdp, message.sources)
                )
            case SetMediaState():
                media.set_state(calls, socket, message.room_id, message.media)
            case SetPictures():
                media.set_pictures(calls, socket, message.room_id, message.pictures)
            case RecordingConsent() | OffTheRecord() | RecordingSwitch():
                await self._act_on_recording(message)
            case ChatSend():
                await self._chat.send(socket, message)
            case CallEnd():
                await leaving.hang_up(calls, socket.actor, message.room_id)
            case IceCandidate():
                pass  # an ICE-lite server learns the addresses from the checks
            case ClientAnswer() | Authenticate():
                raise _out_of_place(message)

    async def _act_on_recording(
        self, message: RecordingConsent | OffTheRecord | RecordingSwitch
    ) -> None:
        calls, socket, room_id = self._calls, self._socket, message.room_id
        match message:
            case RecordingConsent(recording_consent=given, consent_text=shown):
                await consenting.decide(calls, socket, room_id, given=given, shown=shown)
            case OffTheRecord(off=off):
                await consenting.ask_off_the_record(calls, socket, room_id, off=off)
            case RecordingSwitch(on=on):
                await switching.switch(calls, socket, room_id, on=on)

    def _require_moderation(self, message: ClientMessage) -> None:
        actor = self._socket.actor
        if self._ends_something(message) and self._calls.find_live(actor, message.room_id):
            return
        if not self._is_moderate():
            raise TooMany("too_many_messages")
        if isinstance(message, ChatSend) and (wait := self._limits.wait("chat", actor.user_id)):
            raise TooMany("too_many_requests", reason="chat", retry_after=wait)
        if _records(message) and (wait := self._limits.wait("consent", actor.user_id)):
            raise TooMany("too_many_requests", reason="consent", retry_after=wait)

    def _is_moderate(self) -> bool:
        """Whether one more is no more than a page has reason to say, or to have refused."""
        within = self._messages.take(time.monotonic())
        return within and not self._limits.wait("message", self._socket.actor.user_id)

    @staticmethod
    def _ends_something(
        message: ClientMessage,
    ) -> TypeGuard[CallEnd | RecordingConsent | OffTheRecord | RecordingSwitch]:
        """Hanging up and stopping the recording are heard however fast somebody is."""
        ends = isinstance(message, CallEnd | RecordingConsent | OffTheRecord | RecordingSwitch)
        return ends and not _records(message)

    def _refuse(self, error: DomainError, text: str | bytes, *, a_fault: bool) -> None:
        outline = _outline(text)
        self._socket.send(problem.message(error, outline.type, outline.room_id, outline.client_id))
        if a_fault and not self._faults.take(time.monotonic()):
            self._socket.close(Close.TOO_MANY_BAD_MESSAGES, "too many bad messages")


def _records(message: ClientMessage) -> bool:
    """It lets a recording begin or go on."""
    match message:
        case RecordingConsent():
            return message.recording_consent
        case OffTheRecord():
            return not message.off
        case RecordingSwitch():
            return message.on
    return False


def _outline(text: str | bytes) -> _Outline:
    try:
        outline = msgspec.json.decode(text, type=_Outline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Outline()
    told = (outline.type, outline.room_id, outline.client_id)
    return _Outline(*(text and text[:64] for text in told))


def _out_of_place(message: ClientAnswer | Authenticate) -> Malformed:
    if isinstance(message, ClientAnswer):
        return Malformed("unexpected_answer")
    return Malformed("already_signed_in")
