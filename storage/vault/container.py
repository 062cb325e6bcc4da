"""The format of an encrypted part (FORMAT.md): a header in the clear,
then one Cobblestone-256 message. Pure.
"""

import uuid
from dataclasses import dataclass

from storage.errors import DamagedPart
from storage.vault.cobblestone import (
    CHUNK_SIZE,
    PREFIX_SIZE,
    SEALED_CHUNK_SIZE,
    Message,
    ReadAt,
)

MAGIC = b"carelay\x01"
HEADER_SIZE = len(MAGIC) + 16 + 16


@dataclass(frozen=True)
class PartIdentity:
    """What a file claims to be. Both ids are 32 hexadecimal digits, as `ids.new_id` makes them."""

    recording_id: str
    part_id: str

    def header(self) -> bytes:
        """Stored at the start of the file and bound to its key as the message's context."""
        return MAGIC + uuid.UUID(self.recording_id).bytes + uuid.UUID(self.part_id).bytes


def stored_size(plaintext: int) -> int:
    """Of the file of so many bytes, as far as their chunks are whole."""
    return HEADER_SIZE + PREFIX_SIZE + plaintext // CHUNK_SIZE * SEALED_CHUNK_SIZE


def open_message(data_key: bytes, identity: PartIdentity, read_at: ReadAt) -> Message:
    """`read_at` reads the whole file. Raises DamagedPart, or WrongKey."""
    if read_at(0, HEADER_SIZE) != identity.header():
        raise DamagedPart("The file is not the part it should be, or its header is damaged.")
    return Message(
        data_key, identity.header(), lambda offset, length: read_at(HEADER_SIZE + offset, length)
    )
