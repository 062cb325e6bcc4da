"""`carelay users add`: an account for the built-in login. The password is never an argument: those show in `ps`."""

import argparse
import asyncio
import getpass
import re
import sys
from datetime import UTC, datetime

from signaling.access.passwords import MIN_LENGTH, Passwords
from signaling.commands.terminal import CommandError, say
from signaling.config import Config
from signaling.config.file import load
from signaling.messages import LINE
from storage import audit, users
from storage.audit import AuditEvent
from storage.database import Database

MAX_LENGTH = 1024


def username(text: str) -> str:
    """An argument; ArgumentTypeError says what is wrong with it."""
    if not re.fullmatch(r"[\w.@+-]{1,128}", text):
        raise argparse.ArgumentTypeError("up to 128 letters, digits and . _ - @ +, without spaces")
    return text


def name(text: str) -> str:
    """An argument, as others see it."""
    if len(text.strip()) > 200 or not re.search(LINE, text.strip()):
        raise argparse.ArgumentTypeError("1 to 200 characters in one line")
    return text.strip()


def add(arguments: argparse.Namespace) -> int:
    """Ask for the password, on the terminal or as one line of standard input, and create the user."""
    config = load(arguments.config, files_must_exist=False)
    password = _password(arguments.username)
    asyncio.run(_create(config, arguments, password))
    say(f"Added {arguments.username} as {arguments.role}.")
    return 0


def _password(username: str) -> str:
    if sys.stdin.isatty():
        password = getpass.getpass(f"Password for {username}: ")
        if getpass.getpass("Again: ") != password:
            raise CommandError("the two passwords differ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise CommandError(f"the password must have at least {MIN_LENGTH} characters")
    return password


async def _create(config: Config, arguments: argparse.Namespace, password: str) -> None:
    now = datetime.now(UTC)
    password_hash = await Passwords().hash(password)
    database = await Database.open(config.database_url)
    try:
        async with database.transaction() as tx:
            user = await users.create(
                tx,
                username=arguments.username,
                name=arguments.name,
                role=arguments.role,
                password_hash=password_hash,
                now=now,
            )
            detail = {"user_id": user.id, "role": user.role}
            await audit.append(tx, AuditEvent(action="user.added", at=now, detail=detail))
    finally:
        await database.close()
