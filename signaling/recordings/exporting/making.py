"""Makes a bundle of a recording, of which every byte is read before the first one is written.

Blocking; nothing of it is on a disk in plain text, and no more than a few pieces in memory. What
cannot be read of a recording is left out and named; what may be there later is an error.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BufferedRandom, BufferedReader
from pathlib import Path

import av

from relay.composition import Layout, Piece, compose
from signaling.kernel.words import ExportContents, ExportPhase, LeftOut
from signaling.recordings.exporting.documents import FILM, About, documents
from storage.bundle import manifest
from storage.bundle.files import PIECE, pieces
from storage.bundle.manifest import Manifest
from storage.bundle.writing import Measured, Source, archive, measure, text
from storage.errors import DamagedPart, InvalidExport, WrongKey
from storage.models import RecordingPart
from storage.recordings import exports
from storage.recordings.exports import Export
from storage.recordings.keeping import Keeping
from storage.vault.container import PartIdentity
from storage.vault.keys import DataKey
from storage.vault.partfile import tail_name
from storage.vault.reader import PartReader
from storage.vault.scratch import Scratch
from storage.vault.stream import PlayableStream
from storage.words import PLAYABLE

Told = Callable[[ExportPhase, int, int], None]
"""(what is done, how much of it, of how much): bytes, and milliseconds of a film."""


@dataclass(kw_only=True)
class Making:
    """One bundle in the making."""

    contents: ExportContents
    layout: Layout
    rows: Export
    parts: Sequence[RecordingPart]
    """The rows of its parts: they know where the files are."""
    about: About
    page: bytes
    keeping: Keeping
    data_key: DataKey | None
    """None where nothing is decrypted."""
    scratch: Path
    """A folder with room for a film, which is encrypted there."""
    sign: Callable[[Manifest], bytes]
    told: Told = lambda *_: None
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    def bundle(self) -> Iterator[bytes]:
        """The archive, in pieces. Raises StorageError, OSError, what `told` raises, and
        InvalidExport where there is nothing to export.
        """
        with BufferedRandom(Scratch(self.scratch)) as film:
            media = self._media(film)
            if not media:
                raise InvalidExport("Nothing of this recording can be read.")
            made = documents(self.about, self.left_out, self.page)
            texts = [text(one.path, one.data) for one in made]
            if self.contents == "encrypted":
                texts.append(text(exports.ROWS, exports.encode(self.rows)))
            files = [*map(measure, texts), *media]
            at = self.about.recording.made.at
            described = manifest.describe(
                self.contents, self.rows.recording_id, at, [one.file for one in files]
            )
            total = sum(one.file.size for one in files)
            done = 0
            for piece in archive(described, self.sign(described), files):
                yield piece
                done += len(piece)
                self.told("writing", min(done, total), total)

    def _media(self, film: BufferedRandom) -> Sequence[Measured]:
        if self.contents == "encrypted":
            return self._stored()
        found = self._decrypted()
        return (
            self._film(found, film) if self.contents == "film" and found else list(found.values())
        )

    # --- as they are stored

    def _stored(self) -> Sequence[Measured]:
        total = sum(part.size_bytes for part in self.parts)
        found, done = [], 0
        for part in self.parts:
            if part.state == "lost":
                self.left_out[part.id] = "lost"
                continue

            def told(count: int, before: int = done) -> None:
                self.told("reading", min(before + count, total), total)

            path = exports.part_path(part.id)
            sources = [Source(path, partial(self._raw, part))]
            if part.state in exports.UNFINISHED and (tail := self.keeping.tail(part)):
                sources.append(text(tail_name(path), tail))
            try:
                hear = _added(told)
                found += [measure(source, hear) for source in sources]
            except FileNotFoundError:
                self.left_out[part.id] = "missing"
            except DamagedPart:
                self.left_out[part.id] = "damaged"
            done += part.size_bytes
            self.told("reading", done, total)
        return found

    def _raw(self, part: RecordingPart) -> Iterator[bytes]:
        return pieces(self.keeping.open(part))

    # --- decrypted

    def _decrypted(self) -> dict[str, Measured]:
        """By part; each was read and authenticated to its end."""
        changed = {
            each.part_id for each in self.about.completeness.parts if each.authenticity == "changed"
        }
        total, done, found = sum(part.playable_bytes for part in self.parts), 0, {}
        names = {part.part_id: part.file for part in self.about.recording.parts}
        for part in self.parts:
            if (why := _unplayable(part)) or part.id in changed:
                self.left_out[part.id] = why or "changed"
                continue

            def told(count: int, before: int = done) -> None:
                self.told("reading", before + count, total)

            source = Source(names[part.id] or FILM, partial(self._plain, part))
            try:
                found[part.id] = measure(source, _added(told))
            except FileNotFoundError:
                self.left_out[part.id] = "missing"
            except (DamagedPart, WrongKey):
                self.left_out[part.id] = "damaged"
            done += part.playable_bytes
            self.told("reading", done, total)
        return found

    def _plain(self, part: RecordingPart) -> Iterator[bytes]:
        with self._stream(part) as stream:
            while piece := stream.read(PIECE):
                yield piece

    def _stream(self, part: RecordingPart) -> BufferedReader:
        if self.data_key is None:
            raise WrongKey("There is no key to decrypt it with.")
        identity = PartIdentity(part.recording_id, part.id)
        reader = PartReader(self.keeping.open(part), self.data_key.key, identity)
        if not 0 <= part.body_offset <= reader.size or reader.size != part.size_bytes:
            reader.close()
            raise DamagedPart("The file has another length than its row says.")
        return BufferedReader(
            PlayableStream(reader, part.seek_header, part.body_offset), PIECE // 4
        )

    def _film(self, found: dict[str, Measured], film: BufferedRandom) -> Sequence[Measured]:
        length = max(part.offset_ms + part.duration_ms for part in self.parts)
        shown = [part for part in self.parts if part.id in found]
        parts = [
            Piece(partial(self._stream, part), part.participant_id, part.source, part.offset_ms)
            for part in shown
        ]

        def told(share: float) -> None:
            self.told("composing", math.floor(share * length), length)

        try:
            compose(parts, film, self.layout, told)
            film.flush()
        except av.FFmpegError as error:
            raise InvalidExport(f"The film cannot be made: {error}.") from error
        hear = _added(lambda _: told(1.0))
        return [measure(Source(FILM, partial(_from_beginning, film)), hear)]


def _from_beginning(file: BufferedRandom) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _unplayable(part: RecordingPart) -> LeftOut | None:
    if part.state in PLAYABLE:
        return None
    return "lost" if part.state == "lost" else "torn"


def _added(told: Callable[[int], None]) -> Callable[[int], None]:
    """Hears of pieces, and tells how much it is together."""
    sum_ = 0

    def hear(count: int) -> None:
        nonlocal sum_
        sum_ += count
        told(sum_)

    return hear
