"""What a file is, by what is in it: neither its name nor its sender is believed. Pure.

The signatures are those of the `filetype` package; plain text has none and is told by what it does
not have: control characters, or tags that a browser would act on.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import filetype

from signaling.kernel.errors import Invalid
from signaling.kernel.words import FileType

HEAD_BYTES = 8192
"""What a type is found by."""
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Kind:
    """One that can be taken. What it is called without an extension gets the first of them."""

    media_type: str
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
KINDS: Mapping[FileType, Kind] = {
    "pdf": Kind("application/pdf", ("pdf",)),
    "png": Kind("image/png", ("png",)),
    "jpeg": Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "gif": Kind("image/gif", ("gif",)),
    "webp": Kind("image/webp", ("webp",)),
    "heic": Kind("image/heic", ("heic", "heif")),
    "text": Kind("text/plain", ("txt", "text", "csv", "tsv", "md", "log")),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", ("docx",)),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",)),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", ("pptx",)),
    "odt": Kind(f"{_OPEN}.text", ("odt",)),
    "ods": Kind(f"{_OPEN}.spreadsheet", ("ods",)),
    "odp": Kind(f"{_OPEN}.presentation", ("odp",)),
}
_BY_EXTENSION: Mapping[str, str] = {
    extension: name for name, kind in KINDS.items() for extension in kind.extensions
}
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_TAG = re.compile(rb"\s*<[a-z!?/]")
_PART = re.compile(rb"PK\x03\x04.{26}(word|xl|ppt)/", re.DOTALL)
_PARTS = {b"word": "docx", b"xl": "xlsx", b"ppt": "pptx"}
_BEGINNINGS = {b"%PDF": "pdf", b"{\\rtf": "rtf", b"%!PS": "ps", b"#!": "script"}
"""Of what is written in plain characters, and is no plain text."""


class Inspection:
    """Of one file as it comes. `name` is what it is to be called."""

    def __init__(self, name: str, taken: Collection[FileType]) -> None:
        self.type: FileType = "text"
        self.name = name
        self._taken = taken

    def begin(self, head: bytes) -> None:
        """With its first bytes. Raises Invalid."""
        found = type_of(head)
        named = named_type(self.name)
        if named and found not in {named, UNKNOWN}:
            raise Invalid("file_mislabelled", named=named, found=found)
        kind = next((one for one in self._taken if one == found), None)
        if kind is None:
            raise self._refusal(found)
        self.type = kind
        if not named:
            self.name = f"{self.name}.{KINDS[kind].extensions[0]}"

    def go_on(self, piece: bytes) -> None:
        """With each piece, the first ones included. Raises Invalid."""
        if self.type == "text" and _CONTROL.search(piece):
            raise self._refusal(UNKNOWN)

    def _refusal(self, found: str) -> Invalid:
        taken = [*self._taken]
        if found == UNKNOWN:
            return Invalid("file_type_not_taken", reason="unknown", taken=taken)
        return Invalid("file_type_not_taken", found=found, taken=taken)


def type_of(head: bytes) -> str:
    """A FileType, or the usual extension of what else it is, or UNKNOWN."""
    if not _CONTROL.search(head):
        return _written(head)
    found = filetype.guess_extension(head)
    match found:
        case None:
            return UNKNOWN
        case "jpg":
            return "jpeg"
        case "zip" if part := _PART.search(head):  # in whatever order its parts are
            return _PARTS[part.group(1)]
    return str(found)


def named_type(name: str) -> str:
    """What its name says, in the same words; empty: nothing."""
    stem, dot, extension = name.rpartition(".")
    if not (stem and dot and 0 < len(extension) <= 10 and extension.isascii()):
        return ""
    return _BY_EXTENSION.get(extension.lower(), extension.lower())


def media_type(stored: str) -> str:
    """For handing it out: the database may have been written by somebody else."""
    known = any(kind.media_type == stored for kind in KINDS.values())
    return stored if known else "application/octet-stream"


def _written(head: bytes) -> str:
    for beginning, found in _BEGINNINGS.items():
        if head.startswith(beginning):
            return found
    text = head.removeprefix(b"\xef\xbb\xbf").lower()
    if not _TAG.match(text):
        return "text"
    if b"<svg" in text:
        return "svg"
    return "xml" if text.lstrip().startswith(b"<?xml") and b"<html" not in text else "html"
