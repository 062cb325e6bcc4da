"""Whether the log is still what was signed, row by row; if not, which row is the first that is not.

Everything is read from the database, and nothing in it is believed: only the checkpoints that were
given, whose signatures were checked, say what was there. Where everything was changed together, the
row, its leaf and the tiles, the tree shows it by its root, and all that is known of the place is
that it lies between two checkpoints.

A row that has expired is its hash alone, which counts as it stands: a false one makes another root.
That it was time is believed of an event of the log which fits the rows that are left (`record.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import expiry, leaf, log, record
from storage.audit.checkpoint import Checkpoint
from storage.audit.log import stored
from storage.audit.record import Record
from storage.audit.tiles import WIDTH, Edge, Tile
from storage.audit.tree import HASH_SIZE
from storage.models import AuditLeaf, AuditPending, AuditRow, AuditTile

PAGE = 4 * WIDTH

Fault = Literal["changed", "removed", "inserted", "moved", "cut", "differs", "forked"]
"""`differs`: a root is not the one that was signed, which tells no row, but the first it may be.
`forked`: something else was signed with the same key."""


@dataclass(frozen=True)
class Verdict:
    """What was looked at, and the first thing that is wrong."""

    size: int
    """Rows in the tree."""
    signed: int
    """Of these, the newest checkpoint that was given covers so many."""
    expired: int
    """Of the rows in the tree, these have expired and are their hash alone."""
    waiting: int
    """Rows that are not in the tree yet."""
    problem: str | None


class Wrong(Exception):  # noqa: N818
    """The first row that is not what it was; the message names it."""

    def __init__(self, fault: Fault, text: str, row: int | None = None) -> None:
        super().__init__(text)
        self.fault = fault
        self.row = row
        """Its number; none where it is not known."""


async def verify(tx: AsyncSession, checkpoints: Sequence[Checkpoint], now: datetime) -> Verdict:
    """The checkpoints are of this log, their signatures checked; at least one."""
    walk = Walk(checkpoints, now)
    problem = None
    try:
        while await walk.step(tx):
            pass
        await walk.end(tx)
    except Wrong as error:
        problem = str(error)
    signed = max(said.size for said in checkpoints)
    waiting = await tx.scalar(select(func.count()).select_from(AuditPending)) or 0
    size = await tx.scalar(select(func.count()).select_from(AuditLeaf)) or 0
    return Verdict(size, signed, walk.expired, waiting, problem)


class Walk:
    """From the first leaf to the last; in one transaction, or a step in each, while the log grows.

    Raises Wrong, and is at its end then.
    """

    def __init__(self, checkpoints: Sequence[Checkpoint], now: datetime) -> None:
        self.expired = 0
        """Rows that were their hash alone."""
        self._now = now
        self._newest: datetime | None = None
        """The latest time of a row that was not."""
        self._edge = Edge()
        self._left: list[Checkpoint] = []
        self._good = 0
        """Rows that a checkpoint has shown to be as they were."""
        self._ids: list[int] = []
        """Of the rows since."""
        self.expect(checkpoints)

    @property
    def size(self) -> int:
        """Rows that were looked at."""
        return self._edge.size

    def expect(self, checkpoints: Sequence[Checkpoint]) -> None:
        """More of them; what the walk has passed is not looked at again."""
        ahead = [said for said in checkpoints if said.size >= self._edge.size]
        self._left = sorted([*self._left, *ahead], key=lambda said: said.size)
        self._roots()

    async def step(self, tx: AsyncSession, rows: int = PAGE) -> bool:
        """Over so many rows, or as many as there are; whether there were any."""
        page = await _page(tx, self._edge.size, rows)
        if page:
            tiles = await _tiles(tx, page[0]["leaf_index"], page[-1]["leaf_index"])
            self.over(page, tiles, await _records(tx, {found["expired_by"] for found in page}))
        return bool(page)

    async def end(self, tx: AsyncSession) -> None:
        """No more leaves are expected, and there is nothing beside them."""
        self.ends()
        await _refuse_strays(tx, await log.size(tx))

    def over(
        self,
        page: Sequence[Mapping[Any, Any]],
        tiles: Mapping[int, bytes],
        records: Mapping[int, Record],
    ) -> None:
        """Leaves beside their rows, the full tiles of leaves that the database has of them, and the
        events by which some have expired.
        """
        for found in page:
            _require_next(found, self._edge.size)
            if found["leaf"] is None:
                full = self._edge.add_hash(self._hash_of_expired(found, tiles, records))
            else:
                full = self._edge.add(_checked(found, self._edge.size))
                self._newest = max(found["at"], self._newest or found["at"])
            self._ids.append(found["audit_id"])
            for tile in full:
                if tile.level == 0:
                    self._compare(tile, tiles)
            self._roots()

    def ends(self) -> None:
        """There are no more leaves."""
        if not self._left:
            return
        missing, size = self._left[0].size - self._edge.size, self._edge.size
        raise Wrong(
            "cut",
            f"The log was cut: a checkpoint of {self._left[0].size} rows was signed, {size} are "
            f"there. The first of {missing} that are missing had the index {size}.",
        )

    def _hash_of_expired(
        self,
        found: Mapping[Any, Any],
        tiles: Mapping[int, bytes],
        records: Mapping[int, Record],
    ) -> bytes:
        row, index = found["audit_id"], found["leaf_index"]
        if found["id"] is not None:
            text = f"Row {row} (index {index}) was inserted: the one that was there is gone."
            raise Wrong("inserted", text, row)
        said = records.get(found["expired_by"])
        if problem := record.problem(said, index, self._newest, self._now):
            raise Wrong("removed", f"Row {row} (index {index}) was removed: {problem}.", row)
        if (tile := tiles.get(index // WIDTH)) is None:
            raise _tile_is_gone(index // WIDTH)
        self.expired += 1
        place = index % WIDTH * HASH_SIZE
        return tile[place : place + HASH_SIZE]

    def _compare(self, tile: Tile, tiles: Mapping[int, bytes]) -> None:
        data = tiles.get(tile.number)
        first = tile.number * WIDTH
        if data == tile.data:
            return
        if data is None:
            raise _tile_is_gone(tile.number)
        for place, value in enumerate(tile.hashes):
            if data[place * len(value) : (place + 1) * len(value)] != value:
                row = self._ids[place - WIDTH]
                raise Wrong(
                    "changed",
                    f"Row {row} (index {first + place}) is not what was hashed there: it was "
                    "changed, inserted or moved.",
                    row,
                )

    def _roots(self) -> None:
        while self._left and self._left[0].size == self._edge.size:
            said = self._left.pop(0)
            if said.root != self._edge.root:
                raise self._between(said)
            self._ids = self._ids[-WIDTH:]
            self._good = self._edge.size

    def _between(self, said: Checkpoint) -> Wrong:
        if said.size == self._good:
            return Wrong(
                "forked",
                f"There are two checkpoints of {said.size} rows with different roots: two logs "
                "were signed with this key.",
            )
        first = self._ids[self._good - self._edge.size]
        return Wrong(
            "differs",
            f"The root of {said.size} rows is not the one that was signed: the first row that was "
            f"changed, inserted, moved or removed is row {first} (index {self._good}) or one after "
            f"it, before index {said.size}.",
            first,
        )


def _tile_is_gone(number: int) -> Wrong:
    first = number * WIDTH
    return Wrong("removed", f"The tile of the hashes from index {first} on was removed.")


def _require_next(found: Mapping[Any, Any], index: int) -> None:
    """Whether the leaf is the one that has to be there next."""
    if found["leaf_index"] != index:
        raise Wrong(
            "removed",
            f"The row with the index {index} was removed from the log; the next one there is row "
            f"{found['audit_id']} (index {found['leaf_index']}).",
        )


def _checked(found: Mapping[Any, Any], index: int) -> bytes:
    """The bytes of a leaf, which its row still says."""
    audit_id, line = found["audit_id"], stored(found["leaf"])
    if found["id"] is None:
        raise Wrong("removed", f"Row {audit_id} (index {index}) was removed.", audit_id)
    says = leaf.encode({name: found[name] for name in leaf.COLUMNS})
    if says == line:
        return line
    was = leaf.id_of(line)
    if was is not None and was != audit_id:
        text = f"Row {audit_id} (index {index}) was moved: row {was} was hashed there."
        raise Wrong("moved", text, audit_id)
    changed = ", ".join(leaf.differences(says, line)) or "what was hashed of it"
    raise Wrong("changed", f"Row {audit_id} (index {index}) was changed: {changed}.", audit_id)


async def _records(tx: AsyncSession, rows: Collection[int | None]) -> Mapping[int, Record]:
    """What those rows say of expiry, as far as they are there; what they say is hashed as well."""
    wanted = [row for row in rows if row is not None]
    if not wanted:
        return {}
    query = select(AuditRow.id, AuditRow.at, AuditRow.detail).where(
        AuditRow.id.in_(wanted), AuditRow.action == expiry.RECORD
    )
    found = (await tx.execute(query)).mappings()
    read = {row["id"]: Record.read(row) for row in found}
    return {row: said for row, said in read.items() if said is not None}


async def _tiles(tx: AsyncSession, first: int, last: int) -> Mapping[int, bytes]:
    """The full ones of these leaves that the database has."""
    found = await tx.execute(
        select(AuditTile.number, AuditTile.hashes).where(
            AuditTile.level == 0,
            AuditTile.number >= first // WIDTH,
            AuditTile.number <= last // WIDTH,
        )
    )
    return {number: stored(data) for number, data in found}


async def _page(tx: AsyncSession, begin: int, limit: int) -> Sequence[Mapping[Any, Any]]:
    leaves = (
        select(*AuditLeaf.__table__.c, *AuditRow.__table__.c)
        .outerjoin(AuditRow, AuditRow.id == AuditLeaf.audit_id)
        .where(AuditLeaf.leaf_index >= begin)
        .order_by(AuditLeaf.leaf_index)
        .limit(limit)
    )
    try:
        return (await tx.execute(leaves)).mappings().all()
    except ValueError as error:  # a time that is none, put into SQLite by hand: in which row?
        if limit == 1:
            text = f"The row with the index {begin} was changed: {error}."
            raise Wrong("changed", text) from error
        return await _page(tx, begin, 1)


async def _refuse_strays(tx: AsyncSession, size: int) -> None:
    """Rows that neither are in the tree nor wait, and what waits without being there."""
    in_tree = select(AuditLeaf.audit_id).where(AuditLeaf.audit_id == AuditRow.id).exists()
    waits = select(AuditPending.audit_id).where(AuditPending.audit_id == AuditRow.id).exists()
    stray = await tx.scalar(select(func.min(AuditRow.id)).where(~in_tree, ~waits))
    if stray is not None:
        text = f"Row {stray} was inserted: it is not in the log, and does not wait for it."
        raise Wrong("inserted", text, stray)
    there = select(AuditRow.id).where(AuditRow.id == AuditPending.audit_id).exists()
    gone = await tx.scalar(select(func.min(AuditPending.audit_id)).where(~there))
    if gone is not None:
        text = f"Row {gone} was removed before it was put into the log."
        raise Wrong("removed", text, gone)
    last = await tx.scalar(select(func.max(AuditTile.number)).where(AuditTile.level == 0))
    if last is not None and (last + 1) * WIDTH > size:
        raise Wrong(
            "cut",
            f"The log was cut: there are hashes of {(last + 1) * WIDTH} rows, and {size} rows.",
        )
