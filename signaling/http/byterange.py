"""Which bytes of a file an HTTP request wants (RFC 9110 section 14). Pure."""

import re
from dataclasses import dataclass

_SINGLE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)


class UnsatisfiableRangeError(Exception):
    """No byte of the file is in the range: 416."""


@dataclass(frozen=True)
class ByteRange:
    """`length` bytes from `start`."""

    start: int
    length: int

    def behind(self, count: int) -> "ByteRange":
        """What is left of it after that many bytes."""
        return ByteRange(self.start + count, self.length - count)

    def content_range(self, size: int) -> str:
        """The Content-Range header of a 206."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


def requested(header: str | None, size: int) -> ByteRange | None:
    """None: serve the whole file, since nothing, or nothing that this server understands,
    was asked for.

    Several ranges at once are not understood: no player asks for them, and a server may ignore them
    (14.2). Raises UnsatisfiableRangeError.
    """
    match = _SINGLE_RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return _satisfiable(size - length, length)
    if last and int(last) < int(first):
        return None
    end = min(int(last) + 1 if last else size, size)
    return _satisfiable(int(first), end - int(first))


def _satisfiable(start: int, length: int) -> ByteRange:
    if length <= 0:
        raise UnsatisfiableRangeError
    return ByteRange(start, length)


def still_the_same(if_range: str | None, etag: str) -> bool:
    """Whether the client has the beginning of this very file,
    so that a Range may be served (13.1.5).
    """
    return if_range is None or if_range.strip() == etag
