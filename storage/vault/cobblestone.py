"""C2SP chunked encryption, Cobblestone-256, read at any position:
https://c2sp.org/chunked-encryption. Pure.

Writing uses the `cryptography` package. Its decryptor goes from the first byte to the last only, so
random access and the recovery of an unfinished message need the chunk arithmetic and decryption
below, checked against its vectors.
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.errors import DamagedPart, WrongKey

KEY_SIZE = 32
SALT_SIZE = 24
COMMITMENT_SIZE = 32
PREFIX_SIZE = SALT_SIZE + COMMITMENT_SIZE
CHUNK_SIZE = 16 * 1024
TAG_SIZE = 16
SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE

_INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"

ReadAt = Callable[[int, int], bytes]
"""(offset, length) → that many bytes of the message, fewer where it ends."""


class Message:
    """One encrypted message.

    Raises DamagedPart or WrongKey; no unauthenticated byte is ever returned.
    """

    def __init__(self, key: bytes, context: bytes, read_at: ReadAt) -> None:
        prefix = read_at(0, PREFIX_SIZE)
        if len(prefix) < PREFIX_SIZE:
            raise DamagedPart("The file ends before its first chunk.")
        if len(key) != KEY_SIZE:
            raise WrongKey(f"A data key has {KEY_SIZE} bytes.")
        salt, commitment = prefix[:SALT_SIZE], prefix[SALT_SIZE:]
        derived = HKDFExpand(
            SHA512(), KEY_SIZE + 12 + COMMITMENT_SIZE, _INFO + salt + context
        ).derive(key)
        if not hmac.compare_digest(derived[-COMMITMENT_SIZE:], commitment):
            raise WrongKey("The key does not open this file, or its first bytes are damaged.")
        self._aead = AESGCM(derived[:KEY_SIZE])
        self._base_nonce = int.from_bytes(derived[KEY_SIZE:-COMMITMENT_SIZE], "big")
        self._read_at = read_at

    def chunk(self, index: int) -> bytes:
        """The plaintext of one chunk: CHUNK_SIZE bytes, fewer only of the last one."""
        sealed = self._read_at(PREFIX_SIZE + index * SEALED_CHUNK_SIZE, SEALED_CHUNK_SIZE)
        try:
            return self._aead.decrypt((self._base_nonce ^ index).to_bytes(12, "big"), sealed, None)
        except (InvalidTag, ValueError):
            raise DamagedPart(f"Chunk {index} of the file is damaged or missing.") from None

    def size(self, sealed_size: int) -> int:
        """Plaintext bytes in a message of that many bytes.

        Authenticated, because only the true last chunk is shorter than the others: a cut-off
        message has none.
        """
        index, rest = divmod(sealed_size - PREFIX_SIZE, SEALED_CHUNK_SIZE)
        if rest < TAG_SIZE:
            raise DamagedPart("The file is cut off.")
        return index * CHUNK_SIZE + len(self.chunk(index))

    def authentic_chunks(self) -> Iterator[bytes]:
        """The plaintext up to the first damage, or to the end."""
        with suppress(DamagedPart):
            for index in count():
                chunk = self.chunk(index)
                yield chunk
                if len(chunk) < CHUNK_SIZE:
                    return
