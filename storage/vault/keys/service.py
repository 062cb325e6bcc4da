"""Keys that never leave the service or the security module that keeps them.

A data key goes there to be wrapped, and comes back to be used. What came back is remembered for a
minute, so that a player that seeks does not ask the service for each range that it reads.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from storage.errors import KeyServiceAway, WrongKey
from storage.threads import Threads
from storage.vault.keys.datakey import DataKey

T = TypeVar("T")

MOST_CALLS = 4  # at once
SECONDS = 15.0  # for a call, retries included
REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 256


@dataclass(frozen=True)
class Bound:
    """What a wrapped key is bound to: in another recording's row it does not open."""

    recording_id: str
    version: int


class WrappingKey(Protocol):
    """One key of a service. All calls block, from any thread.

    They raise KeyServiceAway, and `decrypt` WrongKey for what was not wrapped so.
    """

    @property
    def key_id(self) -> str:
        """Up to 16 characters, with a prefix of its kind, which tells nothing of the key."""

    def encrypt(self, data_key: bytes, bound: Bound) -> bytes: ...

    def decrypt(self, sealed: bytes, bound: Bound) -> bytes: ...


class ServiceKeys:
    """A KeyProvider of one such key."""

    def __init__(self, key: WrappingKey, steady: Callable[[], float] = time.monotonic) -> None:
        """`steady` tells seconds by a clock that nobody sets."""
        self._key = key
        self._steady = steady
        self._threads = Threads("key service", MOST_CALLS)
        self._remembered: OrderedDict[tuple[str, bytes], tuple[float, DataKey]] = OrderedDict()

    @property
    def key_id(self) -> str:
        """See KeyProvider."""
        return self._key.key_id

    async def holds(self, key_id: str) -> bool:
        """See KeyProvider."""
        return key_id == self.key_id

    async def wrap(self, data_key: DataKey, recording_id: str, key_id: str) -> bytes:
        """See KeyProvider. Raises KeyServiceAway."""
        self._require(key_id)
        bound = Bound(recording_id, data_key.version)
        sealed = await self._call(lambda: self._key.encrypt(data_key.key, bound))
        return bytes([data_key.version]) + sealed

    async def unwrap(self, wrapped: bytes, recording_id: str, key_id: str) -> DataKey:
        """See KeyProvider. Raises KeyServiceAway."""
        self._require(key_id)
        known = self._remembered.get((recording_id, wrapped))
        if known is not None and self._steady() < known[0]:
            return known[1]
        bound = Bound(recording_id, wrapped[0] if wrapped else 0)
        opened = await self._call(lambda: self._key.decrypt(wrapped[1:], bound))
        data_key = DataKey(opened, bound.version)
        self._remember(recording_id, wrapped, data_key)
        return data_key

    async def probe(self) -> None:
        """Whether a key that is wrapped now also opens. Raises KeyServiceAway, WrongKey."""
        data_key = DataKey.new()
        wrapped = await self.wrap(data_key, "probe", self.key_id)
        if await self.unwrap(wrapped, "probe", self.key_id) != data_key:
            raise WrongKey(f"Key {self.key_id} does not open what it has wrapped.")

    def _require(self, key_id: str) -> None:
        if key_id != self.key_id:
            raise WrongKey(f"Key {key_id} is needed, but this server has {self.key_id}.")

    async def _call(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._threads.run(work)
        except TimeoutError:
            raise KeyServiceAway(
                f"The keeper of key {self.key_id} has not answered within {SECONDS:.0f} s."
            ) from None

    def _remember(self, recording_id: str, wrapped: bytes, data_key: DataKey) -> None:
        until = self._steady() + REMEMBERED_SECONDS
        self._remembered[recording_id, wrapped] = until, data_key
        self._remembered.move_to_end((recording_id, wrapped))
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def service_key_id(prefix: str, name: str) -> str:
    """Of the key with this full name, of all that services keep."""
    digest = hashlib.sha256(b"carelay service key id 1\x00" + name.encode())
    return prefix + digest.hexdigest()[:12]


def is_of_file(key_id: str) -> bool:
    """Whether it is a key file's; those of others have a prefix."""
    return "-" not in key_id
