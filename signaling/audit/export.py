"""Rows of the log, taken elsewhere: a line each, newest first, some at a time however many."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from signaling.audit import fhir
from signaling.audit.fhir import Source
from signaling.kernel.content import Stream
from storage.audit import listing
from storage.audit.listing import Filter, Listed
from storage.database import Database

ExportFormat = Literal["ndjson", "fhir"]
MEDIA_TYPES: Mapping[ExportFormat, str] = {
    "ndjson": "application/x-ndjson",
    "fhir": "application/fhir+ndjson",
}
ROWS = 200
"""At a time."""


@dataclass(frozen=True, kw_only=True)
class Export(Stream):
    """What has no place in the tree yet is not in it: in some seconds it has."""

    database: Database
    wanted: Filter
    form: ExportFormat
    source: Source

    async def pieces(self) -> AsyncIterator[bytes]:
        """Each from a moment of its own: rows that come meanwhile are newer than the first."""
        cursor = None
        while True:
            async with self.database.reading() as tx:
                page = await listing.newest(tx, self.wanted, cursor, ROWS)
            yield b"".join(self._line(found) for found in page.items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def _line(self, found: Listed) -> bytes:
        if found.leaf is None:
            return b""
        if self.form == "ndjson":
            return found.leaf + b"\n"
        return msgspec.json.encode(fhir.resource(found, self.source)) + b"\n"
