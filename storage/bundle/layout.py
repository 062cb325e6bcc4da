"""The one ZIP archive that given files make: stored, in their order, nothing between them. Pure.

Whoever knows the names, sizes and CRCs of the files knows every other byte of the archive, so that
a byte that was changed anywhere is found and named, and not only one inside a file. The format is
that of PKWARE's APPNOTE 6.3, with ZIP64 where a number needs it.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_END_64 = struct.Struct("<IQHHIIQQQQ")
_LOCATOR_64 = struct.Struct("<IIQI")
_NEEDS_ZIP, _NEEDS_ZIP64 = 20, 45
_MADE_BY_UNIX = 3 << 8 | _NEEDS_ZIP64
_REGULAR_FILE = 0o100644 << 16
_BEYOND = 0xFFFFFFFF
_MANY = 0xFFFF
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """A file of the archive. Its name is ASCII."""

    name: str
    size: int
    crc: int


@dataclass(frozen=True)
class Layout:
    """Where everything is."""

    headers: Sequence[bytes]
    """Each stands right before the bytes of its file."""
    offsets: Sequence[int]
    """Of the first byte of each file."""
    directory: bytes
    """The end of the archive, behind the last file."""

    @property
    def directory_offset(self) -> int:
        return self.size - len(self.directory)

    size: int
    """Of the whole archive."""


def layout(entries: Sequence[Entry], made_at: datetime) -> Layout:
    """Of all files, in this order."""
    stamp = _stamp(made_at)
    headers, offsets, place = [], [], 0
    central = bytearray()
    for entry in entries:
        header = _local(entry, stamp)
        central += _central(entry, stamp, place)
        headers.append(header)
        offsets.append(place + len(header))
        place += len(header) + entry.size
    directory = bytes(central) + _end(len(entries), len(central), place)
    return Layout(headers, offsets, directory, place + len(directory))


def first_entry(header: bytes) -> tuple[str, int] | None:
    """Name and size in the local header at the beginning of an archive; none if it is not one."""
    if len(header) < _LOCAL.size:
        return None
    found = _LOCAL.unpack(header[: _LOCAL.size])
    name = header[_LOCAL.size : _LOCAL.size + found[9]]
    if found[0] != 0x04034B50 or not name.isascii():
        return None
    return name.decode(), found[8]


def _stamp(at: datetime) -> tuple[int, int]:
    """Time and date as MS-DOS has them, in UTC."""
    utc = max(at.astimezone(UTC), _EARLIEST)
    time = utc.hour << 11 | utc.minute << 5 | utc.second // 2
    return time, (utc.year - 1980) << 9 | utc.month << 5 | utc.day


def _local(entry: Entry, stamp: tuple[int, int]) -> bytes:
    name, extra, size = entry.name.encode("ascii"), b"", entry.size
    if entry.size >= _BEYOND:
        extra, size = struct.pack("<HHQQ", 1, 16, entry.size, entry.size), _BEYOND
    needs = _NEEDS_ZIP64 if extra else _NEEDS_ZIP
    head = _LOCAL.pack(
        0x04034B50, needs, 0, 0, *stamp, entry.crc, size, size, len(name), len(extra)
    )
    return head + name + extra


def _central(entry: Entry, stamp: tuple[int, int], place: int) -> bytes:
    name = entry.name.encode("ascii")
    size, offset, wide = entry.size, place, []
    if entry.size >= _BEYOND:
        size, wide = _BEYOND, [entry.size, entry.size]
    if place >= _BEYOND:
        offset, wide = _BEYOND, [*wide, place]
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    needs = _NEEDS_ZIP64 if wide else _NEEDS_ZIP
    sizes = entry.crc, size, size, len(name), len(extra)
    head = _CENTRAL.pack(
        0x02014B50, _MADE_BY_UNIX, needs, 0, 0, *stamp, *sizes, 0, 0, 0, _REGULAR_FILE, offset
    )
    return head + name + extra


def _end(count: int, size: int, offset: int) -> bytes:
    if count < _MANY and size < _BEYOND and offset < _BEYOND:
        return _END.pack(0x06054B50, 0, 0, count, count, size, offset, 0)
    wide = _END_64.pack(
        0x06064B50, 44, _MADE_BY_UNIX, _NEEDS_ZIP64, 0, 0, count, count, size, offset
    )
    locator = _LOCATOR_64.pack(0x07064B50, 0, offset + size, 1)
    few = min(count, _MANY)
    end = _END.pack(0x06054B50, 0, 0, few, few, min(size, _BEYOND), min(offset, _BEYOND), 0)
    return wide + locator + end
