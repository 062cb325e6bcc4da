"""How large the log is and what its root is, signed: https://c2sp.org/tlog-checkpoint. Pure."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from storage.audit import note
from storage.audit.note import Note, Signer, Verifier
from storage.audit.tree import HASH_SIZE
from storage.errors import AnotherLog, InvalidNote

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_SIGNATURES = re.compile(r"\n\n(?:— [^\n]+\n)+")


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    """Which log it is of. Ours is the name of its key, too."""
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse(text: str) -> Checkpoint:
    """What a note says; lines after the third are of other logs' own. Raises InvalidNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise InvalidNote("A checkpoint has an origin, a size and a root hash, a line each.")
    if not _SIZE.fullmatch(lines[1]):
        raise InvalidNote("The second line of a checkpoint is the number of rows.")
    root = note.decode(lines[2])
    if root is None or len(root) != HASH_SIZE:
        raise InvalidNote("The third line of a checkpoint is a SHA-256 in base64.")
    return Checkpoint(lines[0], int(lines[1]), root)


def root_of(data: bytes) -> bytes:
    """What a note says, whoever has signed it. Raises InvalidNote."""
    return parse(note.parse(data).text).root


def sign(checkpoint: Checkpoint, signer: Signer) -> Note:
    return signer.sign(checkpoint.text)


def opened(data: bytes, *keys: Verifier) -> Checkpoint:
    """That note's, if one of the log's keys has signed it. Raises InvalidNote."""
    found = note.parse(data)
    said = parse(found.text)
    own = [key for key in keys if key.name == said.origin]
    if not own:
        names = " or ".join(dict.fromkeys(key.name for key in keys))
        raise AnotherLog(f"The checkpoint is of another log: of {said.origin}, and not of {names}.")
    signers = {(one.name, one.key_id) for one in found.signatures}
    signing = [key for key in own if (key.name, key.key_id) in signers]
    (signing or own)[-1].open(found)
    return said


def kept(size: int, data: bytes, *keys: Verifier) -> Checkpoint:
    """That of a row of the database, which proves nothing more than others, but where to look.

    Raises InvalidNote.
    """
    try:
        said = opened(data, *keys)
    except InvalidNote as error:
        raise InvalidNote(f"The checkpoint of {size} rows in the database: {error}") from None
    if said.size != size:
        raise InvalidNote(f"The checkpoint of {size} rows in the database is of {said.size}.")
    return said


def all_of(data: bytes, *keys: Verifier) -> list[Checkpoint]:
    """Of a file with one or more. What is torn or not signed by the log proves nothing, and counts
    only where there is nothing else. Raises InvalidNote, also for a checkpoint of another log.
    """
    found: list[Checkpoint] = []
    wrong = InvalidNote("There is no checkpoint in it.")
    for piece in split(data):
        try:
            found.append(opened(piece, *keys))
        except AnotherLog:
            raise
        except InvalidNote as error:
            wrong = error
    if not found:
        raise wrong
    return found


def split(data: bytes) -> Iterator[bytes]:
    """The notes of a file that has one after the other, as the server keeps them.

    A note has no empty line but the one above its signatures, so the end of those is its own. What
    a power cut left of a note is part of none, and is given out as what it is.
    """
    text = data.decode(errors="replace")
    place = 0
    for found in _SIGNATURES.finditer(text):
        begun = text[place : found.end()].lstrip("\n")
        # the torn beginning of another one is an empty line above
        torn, gap, whole = text[place : found.start()].lstrip("\n").rpartition("\n\n")
        if gap:
            yield f"{torn}\n".encode()
            begun = whole + text[found.start() : found.end()]
        yield begun.encode()
        place = found.end()
    if rest := text[place:].strip("\n"):
        yield f"{rest}\n".encode()
