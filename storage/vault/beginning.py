"""What is authentic of a part that was never finished: its chunks, then its tail. Pure."""

from collections.abc import Iterator

from storage.vault.cobblestone import SALT_SIZE, ReadAt
from storage.vault.container import HEADER_SIZE, PartIdentity, open_message
from storage.vault.tail import TailCipher


def authentic_beginning(
    data_key: bytes, identity: PartIdentity, read_at: ReadAt, tail: bytes
) -> Iterator[bytes]:
    """The plaintext up to the first byte that is missing or was changed, in pieces.

    `read_at` reads the part's file, `tail` is the content of the other one. Raises DamagedPart if
    not even the header is whole, or WrongKey, both before the first piece.
    """
    message = open_message(data_key, identity, read_at)
    cipher = TailCipher(data_key, read_at(0, HEADER_SIZE + SALT_SIZE))
    size = 0
    for chunk in message.authentic_chunks():
        yield chunk
        size += len(chunk)
    for record in cipher.open_all(tail):
        if record.offset <= size < record.offset + len(record.data):
            yield record.data[size - record.offset :]
            size = record.offset + len(record.data)
