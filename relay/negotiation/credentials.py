"""How two peers recognise each other:
ICE credentials (RFC 8839 5.4) and DTLS fingerprints (RFC 8122).
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

RandomBytes = Callable[[int], bytes]
"""A source of unguessable bytes, such as os.urandom."""

_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_DIGEST_BYTES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_HEX_PAIRS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2})*")


@dataclass(frozen=True)
class IceCredentials:
    """One side's username fragment and password for connectivity checks."""

    ufrag: str
    pwd: str

    def __post_init__(self) -> None:
        if not _UFRAG.fullmatch(self.ufrag):
            raise ValueError("ice-ufrag is not 4 to 256 ICE characters")
        if not _PWD.fullmatch(self.pwd):
            raise ValueError("ice-pwd is not 22 to 256 ICE characters")

    @classmethod
    def generate(cls, random_bytes: RandomBytes) -> "IceCredentials":
        """The port finds a peer by `ufrag` alone, so it is long enough (72 bits) never to collide
        or be guessed.
        """
        return cls(ufrag=_ice_characters(random_bytes(9)), pwd=_ice_characters(random_bytes(18)))


def _ice_characters(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@dataclass(frozen=True)
class Fingerprint:
    """A digest of the certificate that one side will show in the DTLS handshake."""

    algorithm: str
    """`sha-256`, `sha-384` or `sha-512`."""
    value: str
    """Upper-case hexadecimal pairs with colons."""

    @classmethod
    def parse(cls, text: str) -> "Fingerprint | None":
        """The value of an `a=fingerprint` line; none if its algorithm is unknown or broken.

        Raises ValueError.
        """
        algorithm, _, value = text.strip().partition(" ")
        size = _DIGEST_BYTES.get(algorithm.lower())
        if size is None:
            return None
        value = value.strip().upper()
        if not _HEX_PAIRS.fullmatch(value) or len(value) != 3 * size - 1:
            raise ValueError(f"fingerprint is no {algorithm.lower()} digest")
        return cls(algorithm.lower(), value)
