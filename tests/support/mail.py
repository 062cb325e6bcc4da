"""A real SMTP server on the loopback, and the practice that sends to it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler

from signaling import config


class Letters(Handler):
    """What arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.received.append(message)


@asynccontextmanager
async def mail_server(port: int = 0) -> AsyncIterator[tuple[int, Letters]]:
    """A real SMTP server on the loopback."""
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=port or free_port())
    await asyncio.to_thread(controller.start)
    try:
        yield controller.port, letters
    finally:
        await asyncio.to_thread(controller.stop)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def by_mail(port: int) -> dict[str, Any]:
    emergency = config.Emergency(email_to=("duty@practice.example", "second@practice.example"))
    smtp = config.Smtp(
        host="127.0.0.1", port=port, security="none", sender="carelay@practice.example"
    )
    return {"emergency": emergency, "smtp": smtp}
