"""What a log says to a witness, and what a witness answers: add-checkpoint of
https://c2sp.org/tlog-witness. Pure.
"""

import base64
import re
from collections.abc import Sequence

from storage.audit import note
from storage.audit.cosignature import Cosignature, Cosigner
from storage.errors import InvalidNote

MAX_HASHES = 63
SIZE_TYPE = "text/x.tlog.size"

_SIZE = re.compile(b"(0|[1-9][0-9]{0,18})\n")


def request(old: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The body: from which size on the proof leads, the proof, and the signed checkpoint."""
    lines = [f"old {old}", *(base64.b64encode(value).decode() for value in proof), "", ""]
    return "\n".join(lines).encode() + checkpoint


def size_in(answer: bytes) -> int | None:
    """Of a conflict: how large the log was that the witness has cosigned last."""
    found = _SIZE.fullmatch(answer)
    return int(found[1]) if found else None


def cosignature_in(answer: bytes, checkpoint: bytes, cosigner: Cosigner) -> Cosignature:
    """The witness's own among the lines that it sent; those of unknown keys are passed over.

    Raises InvalidNote if it is not there, or wrong.
    """
    text = note.parse(checkpoint).text
    found = cosigner.find(note.parse(f"{text}\n".encode() + answer))
    if found is None:
        raise InvalidNote(f"The answer has no cosignature of {cosigner.name}.")
    return found
