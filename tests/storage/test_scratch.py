"""A file that is written out of order, of which the disk holds nothing that anybody can read."""

import os
import random
from io import BytesIO
from pathlib import Path

from storage.vault.scratch import BLOCK, Scratch


def test_it_is_a_file_like_any_other(tmp_path: Path) -> None:
    """Beside one in memory: random places, sizes and orders, across blocks and holes."""
    chance, twin = random.Random(7), BytesIO()
    with Scratch(tmp_path) as scratch:
        for _ in range(400):
            place = chance.randrange(5 * BLOCK)
            scratch.seek(place)
            twin.seek(place)
            if chance.random() < 0.5:
                data = chance.randbytes(chance.choice([1, 100, BLOCK, 2 * BLOCK + 7]))
                assert scratch.write(data) == twin.write(data) == len(data)
            else:
                length = chance.randrange(3 * BLOCK)
                assert _read(scratch, length) == twin.read(length)
            assert scratch.tell() == twin.tell()
        assert scratch.seek(0, os.SEEK_END) == len(twin.getvalue())
        scratch.seek(0)
        assert _read(scratch, scratch.size) == twin.getvalue()


def _read(scratch: Scratch, length: int) -> bytes:
    """Raw files give what one block holds."""
    pieces = []
    while length and (piece := scratch.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def test_nothing_of_it_can_be_found_by_name_or_read(tmp_path: Path) -> None:
    with Scratch(tmp_path) as scratch:
        scratch.write(b"a secret" * BLOCK)
        assert list(tmp_path.iterdir()) == []
        stored = os.pread(scratch._file.fileno(), 20 * BLOCK, 0)
        assert len(stored) > 7 * BLOCK
        assert b"a secret" not in stored
