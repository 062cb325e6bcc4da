"""How a socket says who it is."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from signaling.kernel.messages import Message, UserId
from signaling.kernel.words import Role


class Authenticate(Message, tag="authenticate"):
    """First message of a socket that carries neither cookie nor Authorization header."""

    token: Annotated[str, Meta(min_length=1, max_length=8192)]


class Welcome(Message, tag="welcome"):
    """First message on an authenticated socket."""

    user_id: UserId
    name: str
    role: Role
    server_time: datetime


class PresenceChanged(Message, tag="presence"):
    """To a provider: what has changed of the patients whom they can call."""

    online: list[UserId]
    offline: list[UserId]
    gone: list[UserId]
    """Not to be called any more: disabled, or no patient now."""
