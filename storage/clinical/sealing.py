"""Text in a column, sealed with the data key of its record. Pure.

    nonce (12 bytes) || AES-256-GCM ciphertext and tag

The key is derived from the record's data key (HKDF-SHA256), so that it encrypts text alone; nonces
are random, which is safe for 2**32 texts of one record (NIST SP 800-38D, 8.3). The associated data
are table, row and version: a text that was moved to another row, or put back in place of a later
version of itself, does not open. storage/vault/FORMAT.md has every byte.
"""

import os
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.errors import DamagedText
from storage.vault.keys import DataKey

NONCE_SIZE = 12
TAG_SIZE = 16
_INFO = b"carelay clinical text 1"


class Place(NamedTuple):
    """Where a text stands, which it is bound to."""

    table: str
    row_id: str
    version: int = 1
    """Counts up as the text is replaced."""


def seal(data_key: DataKey, place: Place, text: str) -> bytes:
    """What of the text may be stored there."""
    nonce = os.urandom(NONCE_SIZE)
    return nonce + _cipher(data_key).encrypt(nonce, text.encode(), _bound(place))


def unseal(data_key: DataKey, place: Place, sealed: bytes) -> str:
    """What was sealed. Raises DamagedText, which names the row."""
    nonce, ciphertext = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:]
    try:
        return _cipher(data_key).decrypt(nonce, ciphertext, _bound(place)).decode()
    except (InvalidTag, ValueError):
        raise DamagedText(
            f"The text of {place.table} {place.row_id} (version {place.version}) is not as it was "
            "written: changed, or moved there from another row."
        ) from None


def _cipher(data_key: DataKey) -> AESGCM:
    return AESGCM(HKDFExpand(SHA256(), 32, _INFO).derive(data_key.key))


def _bound(place: Place) -> bytes:
    named = (_INFO, place.table.encode(), place.row_id.encode(), str(place.version).encode())
    return b"\x00".join(named)
