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
