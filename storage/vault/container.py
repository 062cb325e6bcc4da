"""The format of an encrypted part (FORMAT.md): a header, then C2SP chunked encryption, Cobblestone-256. Pure.

Writing uses the `cryptography` package's implementation. It reads from the first byte to the last only, so random
access and the recovery of an unfinished file need the chunk arithmetic and decryption below.
https://c2sp.org/chunked-encryption
"""

import hmac
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.errors import DamagedPart, WrongKey

MAGIC = b"carelay\x01"
HEADER_SIZE = len(MAGIC) + 16 + 16
SALT_SIZE = 24
COMMITMENT_SIZE = 32
BODY_OFFSET = HEADER_SIZE + SALT_SIZE + COMMITMENT_SIZE
"""Where the first chunk begins in the file."""

CHUNK_SIZE = 16 * 1024
TAG_SIZE = 16
SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE

_INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


@dataclass(frozen=True)
class PartIdentity:
    """What a file claims to be. Both ids are 32 hexadecimal digits, as `ids.new_id` makes them."""

    recording_id: str
    part_id: str

    def header(self) -> bytes:
        """Stored in the clear at the start of the file and bound to its key: a swapped file does not open."""
        return MAGIC + uuid.UUID(self.recording_id).bytes + uuid.UUID(self.part_id).bytes


class ChunkCipher:
    """Opens single chunks of one Cobblestone-256 message. Raises WrongKey if the commitment does not match."""

    def __init__(self, data_key: bytes, context: bytes, prefix: bytes) -> None:
        """`prefix` is the message's salt and commitment, SALT_SIZE + COMMITMENT_SIZE bytes."""
        salt, commitment = prefix[:SALT_SIZE], prefix[SALT_SIZE:]
        derived = HKDFExpand(SHA512(), 32 + 12 + COMMITMENT_SIZE, _INFO + salt + context).derive(data_key)
        if not hmac.compare_digest(derived[44:], commitment):
            raise WrongKey("The key does not open this file, or its first bytes are damaged.")
        self._aead = AESGCM(derived[:32])
        self._base_nonce = int.from_bytes(derived[32:44], "big")

    def open(self, index: int, sealed: bytes) -> bytes:
        """The plaintext of chunk `index`. Raises DamagedPart."""
        try:
            return self._aead.decrypt((self._base_nonce ^ index).to_bytes(12, "big"), sealed, None)
        except (InvalidTag, ValueError):
            raise DamagedPart(f"Chunk {index} of the file is damaged.") from None


def open_header(data_key: bytes, identity: PartIdentity, start: bytes) -> ChunkCipher:
    """Check the first BODY_OFFSET bytes of a file. Raises DamagedPart or WrongKey."""
    if len(start) < BODY_OFFSET:
        raise DamagedPart("The file ends before its first chunk.")
    if start[:HEADER_SIZE] != identity.header():
        raise DamagedPart("The file is not the part it should be.")
    return ChunkCipher(data_key, identity.header(), start[HEADER_SIZE:BODY_OFFSET])


def chunk_offset(index: int) -> int:
    """Where a chunk begins in the file."""
    return BODY_OFFSET + index * SEALED_CHUNK_SIZE


def last_chunk(file_size: int) -> tuple[int, int]:
    """Index and sealed size of the last chunk, which is always shorter than a full one. Raises DamagedPart."""
    index, size = divmod(file_size - BODY_OFFSET, SEALED_CHUNK_SIZE)
    if index < 0 or size < TAG_SIZE:
        raise DamagedPart("The file is cut off.")
    return index, size
