"""The host platform's public keys (JSON Web Key Set, RFC 7517), kept in memory,
read again for an unknown key.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

log = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024
MAX_KEYS = 100
FETCH_SECONDS = 5.0
REREAD_SECONDS = 3600.0  # a withdrawn key stops working after an hour
RETRY_SECONDS = 30.0  # tokens with made-up key ids must not make us hammer the platform
MIN_RSA_BITS = 2048

PublicKey = RSAPublicKey | EllipticCurvePublicKey
Load = Callable[[], Awaitable[bytes]]


class KeySetError(Exception):
    """The document cannot be had or is no JSON Web Key Set."""


class Jwks:
    """Keys by algorithm and id. Time is monotonic, in seconds."""

    def __init__(self, load: Load, clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._clock = clock
        self._keys: dict[tuple[str, str], PublicKey] = {}
        self._tried_at = float("-inf")
        self._reading = asyncio.Lock()

    async def key(self, algorithm: str, key_id: str | None) -> PublicKey | None:
        """The key to check a signature with.

        Without an id, the only key there is for the algorithm.
        """
        if self._is_older_than(REREAD_SECONDS):
            await self._read_again(REREAD_SECONDS)
        found = self._find(algorithm, key_id)
        if found is None:
            await self._read_again(RETRY_SECONDS)
            found = self._find(algorithm, key_id)
        return found

    def _find(self, algorithm: str, key_id: str | None) -> PublicKey | None:
        if key_id is not None:
            return self._keys.get((algorithm, key_id))
        candidates = [key for (name, _), key in self._keys.items() if name == algorithm]
        return candidates[0] if len(candidates) == 1 else None

    def _is_older_than(self, seconds: float) -> bool:
        return self._clock() - self._tried_at >= seconds

    async def _read_again(self, seconds: float) -> None:
        async with self._reading:
            if not self._is_older_than(seconds):
                return
            self._tried_at = self._clock()
            try:
                self._keys = parse(await self._load())
            except KeySetError as error:
                log.warning(
                    "the key set of the host platform cannot be read, known keys stay in use: %s",
                    error,
                )


def parse(document: bytes) -> dict[tuple[str, str], PublicKey]:
    """(algorithm, key id) → key.

    Symmetric, private, weak and foreign keys are left out. Raises KeySetError.
    """
    try:
        entries = msgspec.json.decode(document)["keys"]
        return dict(pair for entry in entries[:MAX_KEYS] if (pair := _usable(entry)) is not None)
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KeySetError(f"not a JSON Web Key Set: {error}") from None


def _usable(entry: dict[str, object]) -> tuple[tuple[str, str], PublicKey] | None:
    if entry.get("use", "sig") != "sig":
        return None
    algorithm = {"RSA": "RS256", "EC": "ES256"}.get(str(entry.get("kty")))
    if algorithm is None or entry.get("alg", algorithm) != algorithm:
        return None
    try:
        key = jwt.PyJWK(entry, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return ((algorithm, str(entry.get("kid", ""))), key) if _is_strong(key) else None


def _is_strong(key: object) -> bool:
    if isinstance(key, RSAPublicKey):
        return key.key_size >= MIN_RSA_BITS
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)


def from_file(path: Path) -> Load:
    """Reads the set from a file, again each time it is asked."""

    async def load() -> bytes:
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise KeySetError(str(error)) from None

    return load


def from_url(url: str) -> Load:
    """Fetches the set: bounded in time and size, redirects refused."""

    async def load() -> bytes:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise KeySetError(f"{url} answered {response.status}")
                document = await response.content.read(MAX_BYTES + 1)
                while len(document) <= MAX_BYTES and (
                    more := await response.content.read(MAX_BYTES)
                ):
                    document += more
        except (aiohttp.ClientError, TimeoutError) as error:
            raise KeySetError(f"{url}: {str(error) or type(error).__name__}") from None
        if len(document) > MAX_BYTES:
            raise KeySetError(f"{url} is larger than {MAX_BYTES} bytes")
        return document

    return load
