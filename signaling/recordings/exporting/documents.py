"""What a bundle has beside the media: who, when, why, what is missing, what was agreed to, and what
the audit log says, each as a file of its own. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from relay.composition import Layout
from signaling.kernel.words import (
    ExportContents,
    LeftOut,
    PartSource,
    PartState,
    PurposeOfUse,
    RecordingState,
    Side,
)
from signaling.recordings.resources import ConsentRecord, Losses, RecordingGap, Timeline
from storage.bundle.check import LOG_KEY, PROOFS, SUCCESSIONS
from storage.words import Authenticity

PAGE = "index.html"
FILM = "media/recording.mp4"


class BundledPart(Struct, kw_only=True):
    """A part as it is on the recording's time line."""

    part_id: str
    participant_id: str
    participant_name: str
    participant_role: Side
    source: PartSource
    media_type: str
    offset_ms: int
    duration_ms: int
    file: str | None
    """In the bundle, by itself; none in a film, or where it was left out."""


class BundledFilm(Struct, kw_only=True):
    file: str
    layout: Layout


class Made(Struct, kw_only=True):
    """By whom, when and why the bundle was asked for."""

    at: datetime
    by_name: str | None
    """None of somebody on the server's machine."""
    purpose: PurposeOfUse | None
    reason: str | None
    practice: str
    version: str
    """Of carelay."""


class BundledRecording(Struct, kw_only=True):
    """description.json"""

    recording_id: str
    room_id: str
    started_at: datetime
    duration_ms: int
    patient_name: str
    provider_name: str
    guest_names: Sequence[str]
    contents: ExportContents
    made: Made
    film: BundledFilm | None
    parts: Sequence[BundledPart]


class PartCompleteness(Struct, kw_only=True):
    part_id: str
    state: PartState
    authenticity: Authenticity
    """Of what the database said of it, judged by its key."""
    left_out: LeftOut | None
    """Why it is not in the bundle; none of one that is."""
    losses: Losses | None
    """None where it is not known what is missing in it."""


class Completeness(Struct, kw_only=True):
    """completeness.json"""

    state: RecordingState
    authenticity: Authenticity
    """Of begin, end, gaps and the list of parts."""
    gaps: Sequence[RecordingGap] | None
    """Between the parts; none where they are not known."""
    parts: Sequence[PartCompleteness]
    audit_rows_not_signed: int
    """Rows of the audit log about this recording that no checkpoint covered yet: they are not in
    the bundle.
    """


class BundledConsent(Struct, kw_only=True):
    """One decision; its text is a file."""

    record: ConsentRecord
    text_file: str | None


class About(Struct, kw_only=True):
    """What is known of a recording before its media are read."""

    recording: BundledRecording
    completeness: Completeness
    timeline: Timeline
    consents: Sequence[ConsentRecord]
    log_key: str
    """The first public key of the log."""
    statements: Sequence[str]
    """By which each key of the log was followed by the next one."""
    proofs: Mapping[str, bytes]
    """By the id of the row."""


class Document(Struct, frozen=True):
    """A file of the bundle."""

    path: str
    data: bytes


def documents(about: About, left_out: Mapping[str, LeftOut], page: bytes) -> Iterator[Document]:
    """All of them, once it is known what cannot be in the bundle."""
    yield Document(PAGE, page)
    recording, completeness = about.recording, about.completeness
    for part in recording.parts:
        part.file = None if part.part_id in left_out else part.file
    for each in completeness.parts:
        each.left_out = left_out.get(each.part_id)
    yield Document("description.json", _json(recording))
    yield Document("completeness.json", _json(completeness))
    yield Document("timeline.json", _json(about.timeline))
    yield from _consents(about.consents)
    yield Document(LOG_KEY, f"{about.log_key}\n".encode())
    for number, statement in enumerate(about.statements, start=2):
        yield Document(f"{SUCCESSIONS}{number:02}.note", statement.encode())
    for row, proof in about.proofs.items():
        yield Document(f"{PROOFS}{row}.tlog-proof", proof)


def _consents(consents: Sequence[ConsentRecord]) -> Iterator[Document]:
    listed, texts = [], {}
    for record in consents:
        file = None if record.text is None else f"texts/{record.text_sha256}.txt"
        if file is not None and record.text is not None:
            texts[file] = record.text
        plain = msgspec.structs.replace(record, text=None)
        listed.append(BundledConsent(record=plain, text_file=file))
    yield Document("consents.json", _json(listed))
    for path, text in texts.items():
        yield Document(path, text.encode())


def _json(value: object) -> bytes:
    """For people, too."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
