"""Passwords at rest: argon2id, computed by threads of their own, never by more
than a few at once.
"""

import base64
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from signaling.identity.turns import Turns
from storage.threads import Threads

# Each takes 64 MiB and about 50 ms of a core: a flood of sign-ins must queue, not fill the memory.
AT_ONCE = 2
MOST_WAITING = 64
"""Some 3 s of work; who would wait longer is told to come back."""
MIN_LENGTH = 10


class Passwords:
    """Hashes and checks. An unknown user costs as much time as a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = Threads("passwords", AT_ONCE)
        self._turns = Turns(AT_ONCE, MOST_WAITING)
        self._nobody = _hash_of_nothing(self._hasher)

    async def hash(self, password: str) -> str:
        """The PHC string to store."""
        return await self._threads.run(self._hasher.hash, password)

    async def verify(
        self, stored: str | None, password: str, place: str = "", *, known: bool = False
    ) -> bool:
        """Whether the password is the one behind `stored`; never for None, after the same time.

        `place` is where the question comes from: places take turns, `known` ones before the others.
        Raises CrowdedError.
        """
        async with self._turns.one(place, preferred=known):
            matches = await self._threads.run(self._matches, stored or self._nobody, password)
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """Random bytes in the shape of a hash: takes as long to check,
    and no password is known to match.
    """
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    return (
        f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},"
        f"p={hasher.parallelism}${salt}${digest}"
    )
