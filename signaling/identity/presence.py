"""Who is online: has a page open, or closed the last one so lately that it may be loading anew.

Pages show what lists say and change it by what they are told. So a list says what was told, and
all are told at once: who asks before that is told afterwards, and who asks afterwards knows.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from signaling.identity.messages import PresenceChanged
from signaling.identity.scope import Scope
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock, Timer
from signaling.kernel.hub import Hub, Socket
from signaling.kernel.permissions import may
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import User
from storage.people import users
from storage.people.care_relations import Providers

log = logging.getLogger(__name__)

GRACE_SECONDS = 5.0  # a page that is loaded anew is back by then
PAUSE_SECONDS = 0.2  # after each message: all who come or go meanwhile are in the next one
RETRY_SECONDS = 1.0

News = Literal["online", "offline", "gone"]


@dataclass(frozen=True)
class Told:
    """Somebody as others were told of them."""

    user: User
    providers: Providers
    """Theirs, of whom it was told."""


class Presence:
    """Of the people whose sockets are at this server."""

    def __init__(self, hub: Hub, database: Database, scope: Scope, clock: Clock) -> None:
        self._hub = hub
        self._database = database
        self._scope = scope
        self._clock = clock
        self._online: dict[str, Told] = {}
        """As it was told, each as they were then."""
        self._leaving: dict[str, Timer] = {}
        self._changed: set[str] = set()
        """Of whom something may be to be told."""
        self._something = asyncio.Event()

    def is_online(self, user_id: str) -> bool:
        """As everybody was told who may know."""
        return user_id in self._online

    def opened(self, socket: Socket) -> None:
        """To be called once the hub has it."""
        actor = socket.actor
        if actor.guest:
            return
        if timer := self._leaving.pop(actor.user_id, None):
            timer.cancel()
        known = self._online.get(actor.user_id)
        if known is None or known.user.role != actor.role:
            self._change(actor.user_id)

    def closed(self, socket: Socket) -> None:
        """To be called once the hub has it no longer."""
        user_id = socket.actor.user_id
        if not socket.actor.guest and not self._is_here(user_id):
            self._leaving[user_id] = self._clock.call_later(
                GRACE_SECONDS, partial(self._left, user_id)
            )

    def regard(self, user_id: str) -> None:
        """Something about them has changed that decides who may know of them."""
        self._change(user_id)

    async def watch(self) -> None:
        """Until cancelled: each change to whoever may know, as soon as the database lets it."""
        await repeat(self._tell_what_comes, PAUSE_SECONDS, "telling who has come or gone")

    async def _tell_what_comes(self) -> None:
        await self._something.wait()
        try:
            await self._tell_once()
        except DatabaseUnavailable as error:
            log.debug("who has come or gone is told later: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    def _left(self, user_id: str) -> None:
        del self._leaving[user_id]
        self._change(user_id)

    def _change(self, user_id: str) -> None:
        self._changed.add(user_id)
        self._something.set()

    def _is_here(self, user_id: str) -> bool:
        """With a page that any call can ring on: one that came by a link is for some only."""
        pages = self._hub.of(user_id)
        return any(page.actor.guest is None for page in pages) or user_id in self._leaving

    def _listeners(self) -> set[str]:
        return {
            socket.actor.user_id for socket in self._hub if may(socket.actor.role, "patients.list")
        }

    async def _tell_once(self) -> None:
        """All that has happened, also while the database is read. Then nothing is waited for."""
        rows: dict[str, User | None] = {}
        providers: dict[str, frozenset[str]] = {}
        while missing := (self._changed | self._listeners()) - rows.keys():
            async with self._database.reading() as tx:
                found = await users.by_ids(tx, missing)
                providers |= await self._scope.providers(tx, missing)
            rows |= dict.fromkeys(missing) | {user.id: user for user in found}
        current = {user_id: Told(row, providers) for user_id, row in rows.items() if row}
        changed, self._changed = sorted(self._changed), set()
        self._something.clear()
        for listener in self._listeners():
            if (provider := rows[listener]) and (
                message := self._message(provider, changed, current)
            ):
                self._hub.send(listener, message)
        for user_id in changed:
            self._online.pop(user_id, None)
            if (told := current.get(user_id)) and self._is_here(user_id):
                self._online[user_id] = told

    def _message(
        self, provider: User, changed: Collection[str], current: Mapping[str, Told]
    ) -> PresenceChanged | None:
        news: dict[News, list[str]] = {"online": [], "offline": [], "gone": []}
        for user_id in changed:
            if what := self._news(provider, self._online.get(user_id), current.get(user_id)):
                news[what].append(user_id)
        return PresenceChanged(**news) if any(news.values()) else None

    def _news(self, provider: User, before: Told | None, now: Told | None) -> News | None:
        """What there is to tell the provider of somebody, as they were when told and are now."""
        could = self._could_call(provider, before)
        if now is None or not self._could_call(provider, now):
            return "gone" if could else None
        if self._is_here(now.user.id):
            return None if could else "online"
        return "offline" if before else None

    def _could_call(self, provider: User, told: Told | None) -> bool:
        return told is not None and self._scope.can_call(provider, told.user, told.providers)
