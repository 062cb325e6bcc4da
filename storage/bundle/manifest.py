"""What a bundle consists of, and who says so. Pure.

    manifest.json   canonical JSON (RFC 8785): every other file with its size and SHA-256
    manifest.note   a signed note (C2SP) of the log's key, about the SHA-256 of the manifest

The first line of the note is no name of a log, so that nobody can take it for a checkpoint.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from storage.audit import note
from storage.audit.note import Signer, Verifier
from storage.errors import InvalidExport, InvalidNote
from storage.words import ExportContents

MANIFEST = "manifest.json"
NOTE = "manifest.note"
FORMAT = "carelay recording bundle 1"
MOST_BYTES = 64 * 2**20
"""Of a manifest: more than a hundred thousand files."""

_FIRST_LINE = "carelay recording bundle v1"
_NAME = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
Path = Annotated[str, Meta(pattern=rf"^{_NAME}(/{_NAME})*$(?!\n)", max_length=200)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]


class BundledFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: Path
    size: Annotated[int, Meta(ge=0, lt=2**53)]
    sha256: Digest


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`files` are in the order in which they are in the archive, behind manifest and note."""

    format: Literal["carelay recording bundle 1"] = "carelay recording bundle 1"
    contents: ExportContents
    recording_id: Identifier
    made_at: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$(?!\n)")]
    files: list[BundledFile]

    @property
    def at(self) -> datetime:
        """When it was made. Raises ValueError."""
        return datetime.strptime(self.made_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

    @property
    def data(self) -> bytes:
        """Its one encoding: names are ASCII and numbers whole, which leaves RFC 8785 no choice."""
        return json.dumps(
            msgspec.to_builtins(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True
        ).encode()


def describe(
    contents: ExportContents, recording_id: str, now: datetime, files: Sequence[BundledFile]
) -> Manifest:
    """Of a new bundle."""
    return Manifest(
        contents=contents,
        recording_id=recording_id,
        made_at=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        files=list(files),
    )


def parse(data: bytes) -> Manifest:
    """Unproved until `verify`. Raises InvalidExport."""
    try:
        found = msgspec.json.decode(data, type=Manifest)
        _ = found.at
    except (msgspec.DecodeError, ValueError) as error:
        raise InvalidExport(f"{MANIFEST} cannot be read: {str(error).rstrip('.')}.") from None
    paths = [file.path for file in found.files]
    if len({*paths, MANIFEST, NOTE}) < len(paths) + 2:
        raise InvalidExport(f"{MANIFEST} names a file twice.")
    if found.data != data:
        raise InvalidExport(f"{MANIFEST} is not in its canonical form.")
    return found


def sign(manifest: Manifest, signer: Signer) -> bytes:
    """The note about it."""
    return signer.sign(_text(manifest.recording_id, manifest.data)).data


def verify(data: bytes, signed: bytes, keys: Sequence[Verifier]) -> Verifier:
    """Whose signature it is that the manifest has: of one of the log's keys. Raises InvalidNote."""
    found = note.parse(signed)
    lines = found.text.split("\n")
    if len(lines) != 4 or lines[0] != _FIRST_LINE or len(found.signatures) != 1:
        raise InvalidNote("It is not about the manifest of a bundle.")
    [by] = found.signatures
    signing = [key for key in keys if (key.name, key.key_id) == (by.name, by.key_id)]
    key = (signing or list(keys))[-1]
    key.open(found)
    if lines[2] != sha256(data).hexdigest():
        raise InvalidNote(f"It is about another {MANIFEST}.")
    return key


def _text(recording_id: str, data: bytes) -> str:
    return f"{_FIRST_LINE}\n{recording_id}\n{sha256(data).hexdigest()}\n"
