"""That a row is in the log, as a file that proves itself: https://c2sp.org/tlog-proof. Pure."""

import base64
import re
from dataclasses import dataclass

from storage.audit import checkpoint, note
from storage.audit.note import Verifier
from storage.audit.tree import HASH_SIZE, is_included, leaf_hash
from storage.errors import InvalidNote

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 64

_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Proof:
    """The row is its own extra data, so that nothing else is needed but the log's public key."""

    leaf: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def data(self) -> bytes:
        encoded = [base64.b64encode(value).decode() for value in (self.leaf, *self.hashes)]
        lines = [FIRST_LINE, f"extra {encoded[0]}", f"index {self.index}", *encoded[1:], "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def parse(data: bytes) -> Proof:
    """Unproved until `verify`. Raises InvalidNote."""
    head, _, signed = data.partition(b"\n\n")
    try:
        first, extra, index, *hashes = head.decode().split("\n")
    except (UnicodeDecodeError, ValueError):
        raise InvalidNote("This is not a proof: it has no row and index.") from None
    found = _INDEX.fullmatch(index)
    if first != FIRST_LINE or not extra.startswith("extra ") or not found:
        raise InvalidNote(f"This is not a proof: it does not begin as {FIRST_LINE} does.")
    leaf, *path = [_decode(value) for value in (extra.removeprefix("extra "), *hashes)]
    if len(path) > MAX_HASHES or any(len(value) != HASH_SIZE for value in path):
        raise InvalidNote("The proof has lines that are not hashes.")
    return Proof(leaf, int(found[1]), tuple(path), signed)


def verify(proof: Proof, *keys: Verifier) -> checkpoint.Checkpoint:
    """The checkpoint that covers the row. Raises InvalidNote."""
    said = checkpoint.opened(proof.checkpoint, *keys)
    leaf = leaf_hash(proof.leaf)
    if not is_included(leaf, proof.index, said.size, proof.hashes, said.root):
        raise InvalidNote(f"The proof does not lead to the root of {said.size} rows.")
    return said


def _decode(text: str) -> bytes:
    data = note.decode(text)
    if data is None:
        raise InvalidNote("The proof has a line that is not base64.")
    return data
