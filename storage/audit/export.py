"""The log in forms that tools of others read: lines of JSON, or the files of tlog-tiles.

Of rows that have expired there is the hash alone: a line says so, and in the files it is where it
always was, in the tile, while the entry is empty.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import tiles
from storage.audit.log import stored, tile
from storage.audit.tiles import WIDTH
from storage.models import AuditLeaf
from storage.vault.files import create_private_folder


async def lines(tx: AsyncSession, size: int) -> AsyncIterator[bytes]:
    """The first rows, each as the very bytes that were hashed and a newline; 256 at a time."""
    for number in range(-(-size // WIDTH)):
        leaves = await _leaves(tx, number, size)
        hashes = await tile(tx, 0, number, len(leaves))
        yield b"".join(_line(leaf, value) for leaf, value in zip(leaves, hashes, strict=True))


async def write_tiles(tx: AsyncSession, size: int, checkpoint: bytes, folder: Path) -> None:
    """The tree of the first rows, its entries and its checkpoint, as a server of them has them.

    What is there of an earlier export is completed: full tiles never change. Raises InvalidLog,
    OSError.
    """
    for level, number, wide in tiles.in_tree(size):
        hashes = await tile(tx, level, number, wide)
        await _write(folder / tiles.path(level, number, wide), b"".join(hashes))
        if level == 0:
            leaves = await _leaves(tx, number, size)
            entries = tiles.bundle(stored(leaf.leaf or b"") for leaf in leaves)
            await _write(folder / tiles.entries_path(number, wide), entries)
    await _write(folder / "checkpoint", checkpoint)


async def _leaves(tx: AsyncSession, number: int, size: int) -> Sequence[AuditLeaf]:
    first = number * WIDTH
    found = await tx.scalars(
        select(AuditLeaf)
        .where(AuditLeaf.leaf_index >= first, AuditLeaf.leaf_index < min(first + WIDTH, size))
        .order_by(AuditLeaf.leaf_index)
    )
    return found.all()


def _line(leaf: AuditLeaf, value: bytes) -> bytes:
    if leaf.leaf is not None:
        return stored(leaf.leaf) + b"\n"
    said = {"expired_by": leaf.expired_by, "leaf_hash": base64.b64encode(value).decode()}
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


async def _write(path: Path, data: bytes) -> None:
    def write() -> None:
        create_private_folder(path.parent)
        path.write_bytes(data)

    await asyncio.to_thread(write)
