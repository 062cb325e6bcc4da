"""`carelay load-accounts`: on the server, users for `carelay load` who are nobody, and their end.

Their user names hold a `/`, which `carelay users add` refuses, so no person is ever taken for one
of them, and the server keeps them and people apart (signaling/identity/scope.py). They are disabled
in the end, not deleted: the calls and the audit log go on naming them.
"""

import argparse
import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.cli.database import transaction
from signaling.cli.load.accountfile import (
    Account,
    Pair,
    refuse_missing_folder,
    refuse_other_file,
    write,
)
from signaling.config import Config
from signaling.config.file import load
from signaling.identity.passwords import Passwords
from signaling.kernel.auditing import entry
from signaling.kernel.terminal import account, say
from signaling.kernel.words import Principal
from storage import audit
from storage.models import User
from storage.people import login_sessions, users
from storage.people.users import LOAD_NAME, LOAD_USERNAME
from storage.words import AuditAction

ROLES: tuple[Principal, ...] = ("provider", "patient")


def create(arguments: argparse.Namespace) -> int:
    """Make as many pairs as asked for, or enable them again; all passwords are new,
    and other pairs are disabled.
    """
    config = load(arguments.config, files_must_exist=False)
    refuse_missing_folder(arguments.output)
    refuse_other_file(arguments.output)
    pairs, disabled = asyncio.run(_create(config, arguments.calls))
    write(arguments.output, pairs)
    say(
        f"Made {len(pairs)} pairs of accounts, '{LOAD_NAME} provider 1' and so on, for "
        f"{len(pairs)} calls at once."
    )
    if disabled:
        say(f"Disabled {disabled // len(ROLES)} more pairs, which an earlier run had made.")
    say(
        f"Their passwords are in {arguments.output}; take it to the machine that runs `carelay "
        "load`."
    )
    say(
        "Afterwards run `carelay load-accounts remove`: until then they can sign in, and call "
        "each other."
    )
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Disable all of them. The file with their passwords, of no use any more, goes too."""
    config = load(arguments.config, files_must_exist=False)
    refuse_other_file(arguments.output)
    removed = asyncio.run(_remove(config))
    arguments.output.unlink(missing_ok=True)
    say(f"Disabled {removed} load accounts. Their calls stay in the history and in the audit log.")
    return 0


async def _create(config: Config, calls: int) -> tuple[list[Pair], int]:
    """The pairs, and how many other accounts it disabled."""
    passwords, now = Passwords(), datetime.now(UTC)
    accounts = [
        Account(_username(role, number), secrets.token_urlsafe(24))
        for number, role in _places(calls)
    ]
    hashes = await asyncio.gather(*(passwords.hash(account.password) for account in accounts))
    async with transaction(config) as tx:
        for (number, role), password_hash in zip(_places(calls), hashes, strict=True):
            await _enable(tx, number, role, password_hash, now)
        disabled = await _disable(tx, calls + 1, now)
    return [Pair(*pair) for pair in zip(accounts[::2], accounts[1::2], strict=True)], disabled


def _places(calls: int) -> list[tuple[int, Principal]]:
    return [(number, role) for number in range(1, calls + 1) for role in ROLES]


def _username(role: Principal, number: int) -> str:
    return f"{LOAD_USERNAME}{role}/{number}"


async def _enable(
    tx: AsyncSession, number: int, role: Principal, password_hash: str, now: datetime
) -> None:
    username = _username(role, number)
    user = await users.by_username(tx, username)
    if user is None:
        name = f"{LOAD_NAME} {role} {number}"
        user = await users.create(
            tx, username=username, name=name, role=role, password_hash=password_hash, now=now
        )
        await _record(tx, "user.added", user, now)
    else:
        user.password_hash, user.disabled = password_hash, False
        await login_sessions.end_all(tx, user.id)
        await _record(tx, "user.enabled", user, now)


async def _remove(config: Config) -> int:
    async with transaction(config) as tx:
        return await _disable(tx, 1, datetime.now(UTC))


async def _disable(tx: AsyncSession, first: int, now: datetime) -> int:
    """From that number on; how many were not disabled before. They are numbered without a gap."""
    disabled = 0
    async for user in _from(tx, first):
        user.password_hash = None
        await login_sessions.end_all(tx, user.id)
        if not user.disabled:
            user.disabled = True
            disabled += 1
            await _record(tx, "user.disabled", user, now)
    return disabled


async def _from(tx: AsyncSession, first: int) -> AsyncIterator[User]:
    for number in count(first):
        for role in ROLES:
            user = await users.by_username(tx, _username(role, number))
            if user is None:
                return
            yield user


async def _record(tx: AsyncSession, action: AuditAction, user: User, now: datetime) -> None:
    detail = {"role": user.role, "account": account()}
    await audit.append(tx, entry(action, now, None, user_id=user.id, detail=detail))
