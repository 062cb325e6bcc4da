"""One account, signed in: its requests, its WebSocket, and what it was refused in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import aiohttp
import msgspec

from signaling.cli.load.accountfile import Account
from signaling.cli.load.site import AUTH, Refused, Site
from signaling.identity.messages import Welcome
from signaling.identity.resources import Identity
from signaling.kernel.resources import Request
from signaling.kernel.terminal import CommandError
from signaling.kernel.words import Principal
from signaling.websocket.messages import ClientMessage, ErrorMessage, ServerMessage
from storage.people.users import LOAD_NAME

_Reply = TypeVar("_Reply")
_Message = TypeVar("_Message", bound=msgspec.Struct)
_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)


class CallFailed(Exception):  # noqa: N818  what happened
    """A call could not be made, or did not last; why, in one line."""


@dataclass(frozen=True)
class Person:
    """Signed in. All errors of requests are CallFailed."""

    site: Site
    identity: Identity
    credentials: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.identity.name

    async def post(self, path: str, body: Request, kind: type[_Reply]) -> _Reply:
        """A request about calls."""
        try:
            return await self.site.post(path, body, kind, self.credentials)
        except Refused as refusal:
            raise CallFailed(f"{self.name} was refused {path}: {refusal}{_hint(refusal)}") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CallFailed(
                f"{path} of {self.name} was not answered ({type(error).__name__})"
            ) from None

    async def open_page(self) -> "Page":
        """A WebSocket that was welcomed."""
        try:
            socket = await self.site.socket(self.identity.user_id, self.credentials)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CallFailed(
                f"the WebSocket of {self.name} could not be opened: {_in_words(error)}"
            ) from None
        page = Page(self, socket)
        await page.hear(Welcome)
        return page


class Page:
    """What a browser's page does on its WebSocket.

    It has to `hear` all the time, or the server gives it up.
    """

    def __init__(self, person: Person, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.person = person
        self._socket = socket

    async def say(self, message: ClientMessage) -> None:
        try:
            await self._socket.send_str(msgspec.json.encode(message).decode())
        except (aiohttp.ClientError, ConnectionError):
            raise self._lost() from None

    async def hear(self, kind: type[_Message], **expected: object) -> _Message:
        """The next message of that type with those fields; others are passed over.

        Raises CallFailed.
        """
        while True:
            message = await self.next()
            if isinstance(message, kind) and all(
                getattr(message, name) == it for name, it in expected.items()
            ):
                return message

    async def next(self) -> ServerMessage:
        """Any message but a refusal, which is a CallFailed as the end of the socket is."""
        raw = await self._socket.receive()
        if raw.type is not aiohttp.WSMsgType.TEXT:
            raise self._lost()
        message = _decoder.decode(raw.data)
        if isinstance(message, ErrorMessage):
            raise CallFailed(
                f"{self.person.name} was refused {message.in_reply_to}: {message.detail}"
            )
        return message

    def _lost(self) -> CallFailed:
        return CallFailed(
            f"the WebSocket of {self.person.name} was closed ({self._socket.close_code})"
        )

    async def close(self) -> None:
        await self._socket.close()


async def sign_in(site: Site, account: Account, role: Principal, until: timedelta) -> Person:
    """`until`: from now on, how long the account is needed.

    Raises CommandError for who must not be used.
    """
    who = account.username or f"the token of a {role}"
    try:
        credentials = await site.sign_in(account)
        identity = await site.get(f"{AUTH}/me", Identity, credentials)
    except Refused as refusal:
        raise CommandError(f"{who} cannot sign in: {refusal}{_hint(refusal)}") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CommandError(f"{who} cannot sign in: {_in_words(error)}") from None
    person = Person(site, identity, credentials)
    try:
        _require_usable(identity, who, role, until)
    except CommandError:
        await site.sign_out(credentials)
        raise
    return person


def _require_usable(identity: Identity, who: str, role: Principal, until: timedelta) -> None:
    if not identity.name.startswith(LOAD_NAME):
        advice = f"a load is made only by users whose names begin with '{LOAD_NAME}'"
        raise CommandError(f"{who} may be a person: {advice}")
    if identity.role != role:
        raise CommandError(f"{who} has the role {identity.role}, but stands in the file as {role}")
    if identity.expires_at < datetime.now(UTC) + until:
        raise CommandError(
            f"the sign-in of {who} ends before the load does; take a token that lasts longer"
        )


def _hint(refusal: Refused) -> str:
    advice: dict[str, Any] = {
        "too_many_attempts": " The server takes only so many wrong passwords from one address: "
        "wait, or raise auth.login_attempts there while you test.",
        "wrong_credentials": " `carelay load-accounts create` on the server makes new passwords.",
        "invalid_token": " See OPERATIONS.md for what the tokens need.",
        "patient_busy": (
            " Another load may run with these accounts; what was cut off ends after a minute."
        ),
        "provider_busy": (
            " Another load may run with these accounts; what was cut off ends after a minute."
        ),
    }
    return str(advice.get(refusal.code, ""))


def _in_words(error: Exception) -> str:
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return (
            f"the server answered {error.status}; does a proxy in front of it pass WebSockets on?"
        )
    return (
        "no answer"
        if isinstance(error, TimeoutError)
        else f"the connection failed ({type(error).__name__})"
    )
