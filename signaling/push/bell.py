"""Rings on the devices of whoever is called, while the call rings."""

import asyncio
import hashlib
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp

from signaling.kernel.background import Background
from signaling.kernel.clock import Clock, sleep
from signaling.kernel.errors import Conflict, Invalid, NotFound
from signaling.push.services import is_of
from signaling.push.vapid import Vapid
from storage.database import Database
from storage.errors import StorageError
from storage.people import push_subscriptions

log = logging.getLogger(__name__)

SEND_SECONDS = 10.0
PAUSE_SECONDS = 3.0
"""Before a service that is busy or broken is asked again."""
GONE = frozenset({404, 410})
"""The browser has thrown the subscription away (RFC 8030, section 7.3)."""
BUSY = 429


@dataclass(frozen=True)
class Ring:
    """A call that rings at somebody's."""

    room_id: str
    until: datetime
    still_rings: Callable[[], bool]


class Bell:
    """That of one server; `vapid`: none where nothing is pushed."""

    def __init__(
        self,
        database: Database,
        vapid: Vapid | None,
        services: Sequence[str],
        clock: Clock,
    ) -> None:
        self._database = database
        self._vapid = vapid
        self._services = services
        self._clock = clock
        self.background = Background()

    @property
    def public_key(self) -> str | None:
        """What browsers subscribe with; none: nothing is pushed."""
        return self._vapid.public_key if self._vapid else None

    async def hang(self, user_id: str, endpoint: str, *, renewed: bool = False) -> None:
        """A browser of theirs rings from now on; one that is `renewed` if it did before.

        Raises Conflict, Invalid, NotFound.
        """
        if self._vapid is None:
            raise Conflict("push_off")
        if not is_of(endpoint, self._services):
            raise Invalid("unknown_push_service")
        async with self._database.transaction() as tx:
            if renewed and endpoint not in await push_subscriptions.of_user(tx, user_id):
                raise NotFound("unknown_push_subscription")
            await push_subscriptions.put(tx, user_id, endpoint, self._clock.now())

    async def take_down(self, user_id: str, endpoint: str) -> None:
        """It rings no more; nothing happens if it never did."""
        async with self._database.transaction() as tx:
            await push_subscriptions.remove(tx, user_id, endpoint)

    def ring(
        self, user_id: str, room_id: str, until: datetime, still_rings: Callable[[], bool]
    ) -> None:
        """On all devices of theirs; nobody waits for it."""
        if self._vapid is not None:
            ring = Ring(room_id, until, still_rings)
            self.background.spawn(self._ring(self._vapid, user_id, ring))

    async def _ring(self, vapid: Vapid, user_id: str, ring: Ring) -> None:
        try:
            async with self._database.reading() as tx:
                endpoints = await push_subscriptions.of_user(tx, user_id)
        except StorageError as error:
            log.warning("nobody's closed page rings: %s", error)
            return
        timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            await asyncio.gather(
                *(self._push(http, vapid, endpoint, ring) for endpoint in endpoints)
            )

    async def _push(
        self, http: aiohttp.ClientSession, vapid: Vapid, endpoint: str, ring: Ring
    ) -> None:
        """Again and again while the call rings, until the service takes it or knows it no more."""
        while (left := self._left(ring)) > 0:
            headers = {
                "Authorization": vapid.authorization(endpoint, self._clock.now()),
                "TTL": str(left),
                "Urgency": "high",
                "Topic": topic(ring.room_id),
            }
            status = await _post(http, endpoint, headers)
            if status is not None and 200 <= status < 300:
                return
            log.warning("%s does not push: %s", urlsplit(endpoint).netloc, status or "no answer")
            if status in GONE:
                await self._forget(endpoint)
            if status is not None and status < 500 and status != BUSY:
                return
            await sleep(self._clock, PAUSE_SECONDS)

    def _left(self, ring: Ring) -> int:
        """Seconds for which it rings."""
        left = math.ceil((ring.until - self._clock.now()).total_seconds())
        return left if ring.still_rings() else 0

    async def _forget(self, endpoint: str) -> None:
        """The browser has thrown the subscription away."""
        try:
            async with self._database.transaction() as tx:
                await push_subscriptions.forget(tx, endpoint)
        except StorageError as error:
            log.warning("a subscription that is gone stays for now: %s", error)


def topic(room_id: str) -> str:
    """One message for a call: a later one takes the place of an earlier one (RFC 8030, 5.4)."""
    return hashlib.sha256(room_id.encode()).hexdigest()[:32]


async def _post(http: aiohttp.ClientSession, endpoint: str, headers: dict[str, str]) -> int | None:
    """The status; none if there was no answer."""
    try:
        async with http.post(endpoint, headers=headers, allow_redirects=False) as reply:
            return reply.status
    except (OSError, ValueError, aiohttp.ClientError, TimeoutError):
        return None
