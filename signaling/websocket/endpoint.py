"""From HTTP request to open socket: who it is, whose socket it is, and how long it may last."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

import msgspec
from aiohttp import WSMsgType, web

from signaling import problems
from signaling.calls import Calls, joining
from signaling.clinical.chat.chat import Chat
from signaling.identity.authentication import Authentication, session_cookie
from signaling.identity.memory import digest
from signaling.identity.messages import Authenticate, Welcome
from signaling.identity.presence import Presence
from signaling.kernel.actor import Authenticated
from signaling.kernel.clock import Clock
from signaling.kernel.errors import DomainError, NotAllowed, SignInRequired, TooMany
from signaling.kernel.hub import Hub
from signaling.kernel.limits import Limits
from signaling.kernel.messages import MAX_MESSAGE_BYTES
from signaling.kernel.network import household
from signaling.kernel.request import Request
from signaling.kernel.routes import SIGN_IN_ERRORS, TELEMEDICINE, Reply, Routes, Visitor
from signaling.websocket import problem
from signaling.websocket.closing import Close
from signaling.websocket.conversation import Conversation, decode
from signaling.websocket.socket import ClientSocket
from storage.errors import DatabaseUnavailable

log = logging.getLogger(__name__)

AUTHENTICATE_SECONDS = 5.0
HEARTBEAT_SECONDS = 15.0  # a dead connection is noticed within 1.5 of these
EXPIRY_CHECK_SECONDS = 30.0
GOODBYE_SECONDS = 3.0
AFTERWARDS = timedelta(minutes=10)
"""To read how the call ended, before the page asks to sign in again."""


class SocketEndpoint:
    """GET /api/v1/telemedicine/ws/{user_id}"""

    def __init__(
        self,
        calls: Calls,
        chat: Chat,
        hub: Hub,
        presence: Presence,
        authentication: Authentication,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self.chat = chat
        self._calls = calls
        self._limits = limits
        self._hub = hub
        self._presence = presence
        self._authentication = authentication
        self._clock = clock
        self._open: dict[ClientSocket, str | None] = {}
        """With the cookie that signed them in, if one did."""
        self._writers: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request, asked: Request) -> web.StreamResponse:
        """Until the socket closes.

        Raises SignInRequired or NotAllowed for credentials that came with it.
        """
        self._limits.require("visit", household(asked.address or ""))
        authenticated = await self._authentication.of_request(asked)
        if authenticated is not None:
            _require_own_path(request, authenticated)
            self._limits.require("socket", authenticated.actor.user_id)
        response = web.WebSocketResponse(
            max_msg_size=MAX_MESSAGE_BYTES,
            heartbeat=HEARTBEAT_SECONDS,
            compress=False,
            autoping=True,
        )
        await response.prepare(request)
        authenticated = authenticated or await self._authenticate(request, asked, response)
        if authenticated is not None and self._hub.is_full(authenticated.actor.user_id):
            await response.close(code=Close.TOO_MANY_SOCKETS, message=b"too many windows")
        elif authenticated is not None:
            await self._serve(response, authenticated, session_cookie(asked))
        return response

    def cookies(self) -> set[str]:
        """Those that open sockets were signed in by."""
        return {cookie for cookie in self._open.values() if cookie is not None}

    def signed_out(self, *cookies: str) -> None:
        """Who held them has signed out: for their sockets that is the same as expiry."""
        for socket in [socket for socket, its in self._open.items() if its in cookies]:
            socket.expires_at, socket.signed_out = self._clock.now(), True
            self._close_if_expired(socket)

    async def close(self) -> None:
        """The server stops: every page is told and comes back later."""
        for socket in self._hub:
            socket.close(Close.GOING_AWAY, "server stops")
        if self._writers:  # a page that does not answer is not waited for any longer
            await asyncio.wait(set(self._writers), timeout=GOODBYE_SECONDS)

    async def _authenticate(
        self, request: web.Request, asked: Request, response: web.WebSocketResponse
    ) -> Authenticated | None:
        """By the first message, for pages of another site,
        which have neither cookie nor header to send.
        """
        try:
            async with asyncio.timeout(AUTHENTICATE_SECONDS):
                first = await response.receive()
        except TimeoutError:
            await response.close(
                code=Close.NOT_AUTHENTICATED_IN_TIME, message=b"authenticate first"
            )
            return None
        if first.type is not WSMsgType.TEXT:
            await response.close(code=Close.NOT_SIGNED_IN, message=b"authenticate first")
            return None
        try:
            authenticated = await self._authentication.of_token(_token(first.data), asked)
            _require_own_path(request, authenticated)
            self._limits.require("socket", authenticated.actor.user_id)
        except DomainError as error:
            await _refuse(response, error, _close(error))
        except DatabaseUnavailable as error:
            await _refuse(response, problems.of_storage(error), Close.GOING_AWAY)
        else:
            return authenticated
        return None

    async def _serve(
        self, response: web.WebSocketResponse, authenticated: Authenticated, cookie: str | None
    ) -> None:
        known_by = digest(cookie) if cookie is not None else None
        socket = ClientSocket(response, authenticated.actor, authenticated.expires_at, known_by)
        self._open[socket] = cookie
        writer = asyncio.create_task(socket.run_writer())
        self._writers.add(writer)
        writer.add_done_callback(self._writers.discard)
        expiry = asyncio.create_task(self._watch_expiry(socket))
        self._hub.add(socket)
        self._presence.opened(socket)
        try:
            self._greet(socket)
            await self._listen(response, socket)
        finally:
            del self._open[socket]
            self._hub.remove(socket)
            self._presence.closed(socket)
            joining.socket_closed(self._calls, socket)
            expiry.cancel()
            socket.close(Close.GOING_AWAY, "closed")
            with suppress(asyncio.CancelledError):
                await writer

    def _greet(self, socket: ClientSocket) -> None:
        actor = socket.actor
        socket.send(
            Welcome(
                user_id=actor.user_id,
                name=actor.name,
                role=actor.role,
                server_time=self._clock.now(),
            )
        )
        joining.socket_opened(self._calls, socket)

    async def _listen(self, response: web.WebSocketResponse, socket: ClientSocket) -> None:
        conversation = Conversation(socket, self._calls, self.chat, self._limits)
        async for message in response:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY) and not socket.closing:
                await conversation.hear(message.data)

    async def _watch_expiry(self, socket: ClientSocket) -> None:
        while not self._close_if_expired(socket):
            left = (socket.expires_at - self._clock.now()).total_seconds()
            await asyncio.sleep(min(max(left, 1.0), EXPIRY_CHECK_SECONDS))

    def _close_if_expired(self, socket: ClientSocket) -> bool:
        """An expired sign-in ends the socket, but never a call that it carries."""
        now = self._clock.now()
        if now < socket.expires_at:
            return False
        if self._calls.carries_any(socket):
            if not socket.signed_out:
                socket.expires_at = now + AFTERWARDS
            return False
        socket.close(Close.NOT_SIGNED_IN, "sign-in expired")
        return True


def _token(first_message: str) -> str:
    message = decode(first_message)
    if not isinstance(message, Authenticate):
        raise SignInRequired("sign_in_required", reason="first_message")
    return message.token


def _require_own_path(request: web.Request, authenticated: Authenticated) -> None:
    if request.match_info["user_id"] != authenticated.actor.user_id:
        raise NotAllowed("not_your_socket")


def _close(error: DomainError) -> Close:
    match error:
        case NotAllowed():
            return Close.NOT_YOUR_SOCKET
        case TooMany():
            return Close.TOO_MANY_SOCKETS
    return Close.NOT_SIGNED_IN


async def _refuse(response: web.WebSocketResponse, error: DomainError, code: Close) -> None:
    message = problem.message(error, in_reply_to="authenticate")
    with suppress(ConnectionError):
        await response.send_str(msgspec.json.encode(message).decode())
    await response.close(code=code, message=error.code.encode())


routes = Routes("calls")


@routes.get(
    f"{TELEMEDICINE}/ws/{{user_id}}",
    access="anybody",
    errors=(*SIGN_IN_ERRORS, "not_your_socket", "too_many_requests"),
    replies={101: Reply("The WebSocket is open; messages are ClientMessage and ServerMessage.")},
)
# The endpoint reads it from the request.
async def open_socket(visitor: Visitor, user_id: str) -> web.StreamResponse:  # noqa: ARG001
    """The WebSocket of a signed-in user; its messages are ClientMessage and ServerMessage."""
    return await visitor.the(SocketEndpoint).handle(visitor.the(web.Request), visitor.request)
