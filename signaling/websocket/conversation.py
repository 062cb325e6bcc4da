"""What a client says on its socket, and what it is told when that was wrong."""

import logging
import time
from typing import TypeGuard

import msgspec

from signaling.calls import Calls
from signaling.calls.messages import CallEnd, CallStart, ClientAnswer, IceCandidate, Offer, SetMediaState
from signaling.identity.messages import Authenticate
from signaling.kernel.hub import Socket
from signaling.kernel.limits import Limits, TokenBucket
from signaling.kernel.problem import ProblemError, database_unavailable
from signaling.recordings.messages import RecordingConsent
from signaling.websocket.closing import Close
from signaling.websocket.messages import ClientMessage, ErrorMessage
from storage.errors import DatabaseUnavailable

MESSAGES = (60.0, 20.0)  # at once, a second; a page that trickles candidates of a large host sends some 30 at once
FAULTS = (10.0, 0.1)  # a page of another version may be wrong now and then, not all the time

log = logging.getLogger(__name__)

_INTERNAL = ProblemError(500, "internal_error", "Error", "Something went wrong in the server; it is in its log.")

_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)


class _Outline(msgspec.Struct):
    """As much of a refused message as the refusal repeats."""

    type: str | None = None
    room_id: str | None = None


def decode(text: str | bytes) -> ClientMessage:
    """One message. Raises ProblemError 400 that names the field."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise ProblemError(400, "invalid_message", "Invalid message", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(400, "invalid_json", "Not JSON", str(error)) from None


class Conversation:
    """One socket's side of the protocol. The socket stays open, until it is wrong too often."""

    def __init__(self, socket: Socket, calls: Calls, limits: Limits) -> None:
        self._socket = socket
        self._calls = calls
        self._limits = limits
        self._messages = TokenBucket.full(*MESSAGES, time.monotonic())
        self._faults = TokenBucket.full(*FAULTS, time.monotonic())

    async def hear(self, text: str | bytes) -> None:
        """Act on one message; everything the client may have got wrong ends in an `error` message."""
        try:
            message = decode(text)
            self._require_moderation(message)
            await self._act(message)
        except ProblemError as problem:
            self._refuse(problem, text, a_fault=problem.status in (400, 422, 429))
        except DatabaseUnavailable:
            self._refuse(database_unavailable(), text, a_fault=False)
        except Exception:
            log.exception("a message could not be served")
            self._refuse(_INTERNAL, text, a_fault=True)

    async def _act(self, message: ClientMessage) -> None:
        calls, socket = self._calls, self._socket
        match message:
            case CallStart():
                socket.send(await calls.start(socket, message.room_id))
            case Offer():
                socket.send(await calls.offer(socket, message.room_id, message.sdp, message.sources))
            case SetMediaState():
                calls.set_media_state(socket, message.room_id, message.media)
            case RecordingConsent():
                await calls.consent(socket, message.room_id, message.recording_consent)
            case CallEnd():
                await calls.end(socket.actor, message.room_id)
            case IceCandidate():
                pass  # an ICE-lite server learns the addresses from the checks
            case ClientAnswer():
                raise ProblemError(400, "unexpected_answer", "No offer to answer", "This server never offers.")
            case Authenticate():
                raise ProblemError(400, "already_signed_in", "Already signed in", "Authenticate only once, first.")

    def _require_moderation(self, message: ClientMessage) -> None:
        actor = self._socket.actor
        if self._ends_something(message) and self._calls.is_in(actor, message.room_id):
            return
        if not self._messages.take(time.monotonic()) or self._limits.wait("message", actor.user_id):
            raise ProblemError(429, "too_many_messages", "Too fast", "Slow down: 20 messages a second at most.")
        if isinstance(message, RecordingConsent) and message.recording_consent:
            self._limits.require("consent", actor.user_id, "Consent was given and withdrawn many times.")

    @staticmethod
    def _ends_something(message: ClientMessage) -> TypeGuard[CallEnd | RecordingConsent]:
        """Hanging up and withdrawing consent are heard however fast somebody is."""
        match message:
            case CallEnd():
                return True
            case RecordingConsent():
                return not message.recording_consent
        return False

    def _refuse(self, problem: ProblemError, text: str | bytes, *, a_fault: bool) -> None:
        outline = _outline(text)
        self._socket.send(
            ErrorMessage(
                title=problem.title,
                detail=problem.detail,
                code=problem.code,
                in_reply_to=outline.type,
                room_id=outline.room_id,
            )
        )
        if a_fault and not self._faults.take(time.monotonic()):
            self._socket.close(Close.TOO_MANY_BAD_MESSAGES, "too many bad messages")


def _outline(text: str | bytes) -> _Outline:
    try:
        outline = msgspec.json.decode(text, type=_Outline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Outline()
    return _Outline(outline.type and outline.type[:64], outline.room_id and outline.room_id[:64])
