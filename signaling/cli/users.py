"""`carelay users`: accounts, and who may sign in.

A password is never an argument: those show in `ps`.
"""

import argparse
import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.cli.database import transaction
from signaling.cli.secrets import new_secret
from signaling.config import Config
from signaling.config.file import load
from signaling.identity.passwords import MIN_LENGTH, Passwords
from signaling.kernel.auditing import entry
from signaling.kernel.messages import LINE
from signaling.kernel.terminal import CommandError, account, say
from signaling.people.account_rule import MAX_LENGTH, USERNAME
from storage import audit
from storage.audit import Detail
from storage.errors import UserConflict
from storage.models import User
from storage.people import users
from storage.words import LOCAL_ISSUER, AuditAction

T = TypeVar("T")


def username(text: str) -> str:
    """An argument; ArgumentTypeError says what is wrong with it."""
    if not re.fullmatch(USERNAME, text):
        raise argparse.ArgumentTypeError("up to 128 letters, digits and . _ - @ +, without spaces")
    return text


def name(text: str) -> str:
    """An argument, as others see it."""
    if len(text.strip()) > 200 or not re.search(LINE, text.strip()):
        raise argparse.ArgumentTypeError("1 to 200 characters in one line")
    return text.strip()


def platform(text: str) -> str:
    """An argument: the issuer of a host platform's tokens."""
    if not text or len(text) > 255 or text == LOCAL_ISSUER:
        raise argparse.ArgumentTypeError(
            f"up to 255 characters, and not {LOCAL_ISSUER}, which this server is itself"
        )
    return text


def add(arguments: argparse.Namespace) -> int:
    """Ask for the password, on the terminal or as one line of standard input,
    and create the user.
    """
    config = load(arguments.config, files_must_exist=False)
    password = _password(arguments.username)
    asyncio.run(_create(config, arguments, password))
    say(f"Added {arguments.username} as {arguments.role}.")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Everybody, one per line, also those who came with a token of the host platform."""

    async def read(tx: AsyncSession) -> list[User]:
        return list(await users.everybody(tx))

    for user in _run(arguments, read):
        state = "disabled" if user.disabled else "demo" if user.demo else ""
        called, issuer = user.username or user.id, user.issuer or "not known"
        say(f"{called}\t{user.role}\t{issuer}\t{state}\t{user.name}")
    return 0


def disable(arguments: argparse.Namespace) -> int:
    """Nobody signs in as the user any more, and what is open closes, running calls included."""

    async def change(tx: AsyncSession) -> None:
        user = await found(tx, arguments.user, arguments.issuer)
        await users.disable(tx, user, now=datetime.now(UTC))
        await _record(tx, "user.disabled", user)

    _run(arguments, change)
    say(
        f"Disabled {arguments.user}. What a running server has open for them closes within a "
        "second or two."
    )
    return 0


def enable(arguments: argparse.Namespace) -> int:
    """The user may sign in again; nothing that ended comes back."""

    async def change(tx: AsyncSession) -> None:
        user = await found(tx, arguments.user, arguments.issuer)
        user.disabled = False
        await _record(tx, "user.enabled", user)

    _run(arguments, change)
    say(f"Enabled {arguments.user}.")
    return 0


def role(arguments: argparse.Namespace) -> int:
    """Another role; the user signs in anew with it."""

    async def change(tx: AsyncSession) -> None:
        user = await _found_local(tx, arguments.user)
        if "patient" in {user.role, arguments.role} and user.role != arguments.role:
            raise CommandError("patients stay patients, and nobody else becomes one: add them anew")
        before, user.role = user.role, arguments.role
        await users.end_sign_ins(tx, user, now=datetime.now(UTC))
        await _record(tx, "user.role_changed", user, {"before": before})

    _run(arguments, change)
    say(f"{arguments.user} is {arguments.role} from now on, and has to sign in again.")
    return 0


def password(arguments: argparse.Namespace) -> int:
    """Another password, asked for as `add` does; the user is signed out everywhere,
    and no device stays known.
    """
    _run(arguments, lambda tx: _found_local(tx, arguments.user))
    password_hash = asyncio.run(Passwords().hash(_password(arguments.user)))

    async def change(tx: AsyncSession) -> None:
        user = await _found_local(tx, arguments.user)
        user.password_hash = password_hash
        await users.end_sign_ins(tx, user, now=datetime.now(UTC))
        await _record(tx, "user.password_changed", user)

    _run(arguments, change)
    say(f"Changed the password of {arguments.user}, who has to sign in again.")
    return 0


def issuer(arguments: argparse.Namespace) -> int:
    """The host platform has another issuer now, and its people stay who they are."""
    before, after = arguments.before, arguments.after

    async def change(tx: AsyncSession) -> int:
        try:
            renamed = await users.rename_issuer(tx, before, after)
        except UserConflict as error:
            raise CommandError(str(error)) from None
        if not renamed:
            raise CommandError(
                f"no user has the issuer {before!r}; `carelay users list` shows them"
            )
        for user in renamed:
            await _record(tx, "user.issuer_changed", user, {"before": before, "after": after})
        return len(renamed)

    count = _run(arguments, change)
    noun = "user" if count == 1 else "users"
    say(f"{count} {noun} of {before}: {after} vouches for them from now on.")
    return 0


async def found(tx: AsyncSession, text: str, issuer: str | None = None) -> User:
    """By user name or id, or by what the issuer calls them.

    A platform may give somebody an id that is somebody else's user name here.
    """
    by_name = await users.by_username(tx, text)
    by_id = await (users.by_subject(tx, issuer, text) if issuer else users.by_id(tx, text))
    those = {user.id: user for user in (by_name, by_id) if user and issuer in {None, user.issuer}}
    if not those:
        raise CommandError(f"there is no user {text!r}; `carelay users list` shows them")
    if len(those) > 1:
        issuers = " or ".join(f"--issuer {user.issuer}" for user in those.values() if user.issuer)
        raise CommandError(
            f"{text!r} is one person's user name and another one's id: say {issuers}"
        )
    [user] = those.values()
    return user


async def _found_local(tx: AsyncSession, text: str) -> User:
    """Whoever has an account here, whatever a platform calls its people."""
    user = await users.by_username(tx, text) or await found(tx, text)
    if user.issuer != LOCAL_ISSUER:
        raise CommandError(
            f"{text!r} comes with tokens of the host platform, which decide role and sign-in"
        )
    if user.role == "guest":
        raise CommandError(f"{text!r} is a guest, who comes by a link and has no account")
    return user


async def _record(
    tx: AsyncSession, action: AuditAction, user: User, more: Detail | None = None
) -> None:
    detail = {"role": user.role, "account": account(), **(more or {})}
    await audit.append(tx, entry(action, datetime.now(UTC), None, user_id=user.id, detail=detail))


def _run(arguments: argparse.Namespace, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """In one transaction of the configured database."""
    config = load(arguments.config, files_must_exist=False)

    async def run() -> T:
        async with transaction(config) as tx:
            return await work(tx)

    return asyncio.run(run())


def _password(username: str) -> str:
    return new_secret(f"Password for {username}", MIN_LENGTH, MAX_LENGTH, "password")


async def _create(config: Config, arguments: argparse.Namespace, password: str) -> None:
    now = datetime.now(UTC)
    password_hash = await Passwords().hash(password)
    async with transaction(config) as tx:
        user = await users.create(
            tx,
            username=arguments.username,
            name=arguments.name,
            role=arguments.role,
            password_hash=password_hash,
            now=now,
        )
        await _record(tx, "user.added", user)
