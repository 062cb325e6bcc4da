"""A file of this process alone, encrypted with a key that is nowhere but in its memory. Blocking.

For what has to be written out of order before it can be kept, as an MP4 is. It has no name, so that
nobody else opens it and a killed process leaves nothing; what the disk still holds of it then
nobody can decrypt.
"""

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.vault.seekable import Seekable

BLOCK = 64 * 1024
NONCE, TAG = 12, 16
SEALED = NONCE + BLOCK + TAG


class Scratch(Seekable):
    """Reading and writing at any place. A block that is written again gets another nonce.

    Raises OSError, in particular when the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(size=0)
        self._aead = AESGCM(AESGCM.generate_key(bit_length=256))
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  closed below
        self._number = -1
        self._block = bytearray(BLOCK)
        self._changed = False

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        begin = self._turn_to(self._place)
        count = max(0, min(len(buffer), BLOCK - begin, self.size - self._place))
        buffer[:count] = self._block[begin : begin + count]
        self._place += count
        return count

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """All of it."""
        rest = memoryview(data)
        while rest:
            begin = self._turn_to(self._place)
            piece = rest[: BLOCK - begin]
            self._block[begin : begin + len(piece)] = piece
            self._changed = True
            self._place += len(piece)
            self.size = max(self.size, self._place)
            rest = rest[len(piece) :]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _turn_to(self, place: int) -> int:
        """Where in the block, which is the one that is held from now on."""
        number, begin = divmod(place, BLOCK)
        if number != self._number:
            self._put_away()
            self._number, self._block = number, self._fetched(number)
        return begin

    def _put_away(self) -> None:
        if not self._changed:
            return
        nonce = os.urandom(NONCE)
        sealed = nonce + self._aead.encrypt(nonce, bytes(self._block), self._bound(self._number))
        _write_at(self._file.fileno(), sealed, self._number * SEALED)
        self._changed = False

    def _fetched(self, number: int) -> bytearray:
        sealed = os.pread(self._file.fileno(), SEALED, number * SEALED)
        if len(sealed) < SEALED or not any(sealed[:NONCE]):  # never written: a hole
            return bytearray(BLOCK)
        return bytearray(self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound(number)))

    @staticmethod
    def _bound(number: int) -> bytes:
        return number.to_bytes(8, "big")


def _write_at(file: int, data: bytes, place: int) -> None:
    rest = memoryview(data)
    while rest:
        count = os.pwrite(file, rest, place)
        rest, place = rest[count:], place + count
