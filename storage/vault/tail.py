"""The tail file beside a part that is being written: the bytes of its unfinished chunk, encrypted.
Pure.

The container has no short chunk but the last, and sealing one early would reuse its nonce. A chunk
of 16 KiB is four seconds of speech and half a minute of silence; with the tail a killed server
loses what came after the last sync.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.vault.cobblestone import TAG_SIZE

_HEAD = struct.Struct(">QI")  # offset of the record's bytes in the plaintext, their number
_INFO = b"carelay tail 1\x00"


@dataclass(frozen=True)
class TailRecord:
    offset: int
    data: bytes


class TailCipher:
    """Seals and opens the records beside one file; `start` is that file's header and salt.

    The salt is random, so the key is the file's own. The nonce is the record's offset: within a
    file each record begins where the one before it ended, or later, and none is empty, so that no
    nonce comes twice.
    """

    def __init__(self, data_key: bytes, start: bytes) -> None:
        self._aead = AESGCM(HKDFExpand(SHA512(), 32, _INFO + start).derive(data_key))

    def seal(self, record: TailRecord) -> bytes:
        head = _HEAD.pack(record.offset, len(record.data))
        return head + self._aead.encrypt(_nonce(record.offset), record.data, head)

    def open_all(self, content: bytes) -> Iterator[TailRecord]:
        """The records up to the first that is torn or damaged."""
        position = 0
        while position + _HEAD.size <= len(content):
            head = content[position : position + _HEAD.size]
            offset, size = _HEAD.unpack(head)
            position += _HEAD.size
            sealed = content[position : position + size + TAG_SIZE]
            position += size + TAG_SIZE
            try:
                yield TailRecord(offset, self._aead.decrypt(_nonce(offset), sealed, head))
            except InvalidTag:
                return


def _nonce(offset: int) -> bytes:
    return offset.to_bytes(12, "big")
