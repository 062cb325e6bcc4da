"""Who is connected where: every signed-in WebSocket, by user."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from signaling.kernel.actor import Actor
from signaling.kernel.messages import Message
from signaling.kernel.words import Role

MAX_SOCKETS_OF_A_USER = 32
"""More windows than anybody has, and few enough that one sign-in cannot use up the server's files
and memory.
"""


class Socket(Protocol):
    """One WebSocket of one user, as the calls see it."""

    actor: Actor
    expires_at: datetime
    """When the sign-in behind it ends: a running call goes on, nothing new begins."""
    cookie_digest: bytes | None
    """Of the cookie that signed it in, if one did."""

    def send(self, message: Message) -> None:
        """Queue a message. Never blocks and never raises; a reader
        that is too slow is disconnected.
        """

    def close(self, code: int, reason: str) -> None:
        """Say goodbye once everything queued is sent."""


class Hub:
    """The open sockets. One user may have several: a phone, two tabs."""

    def __init__(self) -> None:
        self._sockets: dict[str, list[Socket]] = defaultdict(list)

    def add(self, socket: Socket) -> None:
        self._sockets[socket.actor.user_id].append(socket)

    def remove(self, socket: Socket) -> None:
        sockets = self._sockets.get(socket.actor.user_id, [])
        if socket in sockets:
            sockets.remove(socket)
        if not sockets:
            self._sockets.pop(socket.actor.user_id, None)

    def __iter__(self) -> Iterator[Socket]:
        return iter([socket for sockets in self._sockets.values() for socket in sockets])

    def is_full(self, user_id: str) -> bool:
        """Whether the user has as many sockets as one may have."""
        return len(self._sockets.get(user_id, ())) >= MAX_SOCKETS_OF_A_USER

    def is_connected(self, user_id: str) -> bool:
        """Whether the user has a page open at this moment, which would show an invitation."""
        return user_id in self._sockets

    def send(self, user_id: str, message: Message) -> None:
        """To every socket of one user; nobody there is not an error."""
        for socket in self.of(user_id):
            socket.send(message)

    def of(self, user_id: str) -> list[Socket]:
        """The sockets of one user."""
        return list(self._sockets.get(user_id, ()))

    def has_role(self, role: Role) -> bool:
        """Whether anybody with `role` has a page open."""
        return any(socket.actor.role == role for socket in self)

    def send_to_role(self, role: Role, message: Message) -> None:
        """To every socket whose user has `role`, such as the staff that an emergency alerts."""
        for socket in self:
            if socket.actor.role == role:
                socket.send(message)
