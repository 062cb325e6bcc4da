"""What a witness says of a checkpoint: that the log has only grown since it saw it last. Pure.

https://c2sp.org/tlog-cosignature, with Ed25519 keys.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from storage.audit import checkpoint, note
from storage.audit.note import Note, Signature, Verifier
from storage.errors import InvalidNote

ED25519 = b"\x04"
TIME_SIZE = 8
SIGNATURE_SIZE = 64
MAX_TIME = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True)
class Cosignature:
    """One that was checked."""

    at: datetime
    signature: Signature


@dataclass(frozen=True)
class Cosigner:
    """A witness: its name and its public key."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Cosigner":
        """`<name>+<key id>+<key>`, as witnesses publish it. Raises InvalidNote."""
        name, key_id, encoded = note.parts_of_key(vkey.strip(), "key of a witness")
        key = note.decode(encoded)
        if key is None or key[:1] != ED25519 or len(key) != 1 + note.KEY_SIZE:
            raise InvalidNote("The key of a witness is not one of Ed25519 cosignatures (type 4).")
        cosigner = cls(name, key[1:])
        if key_id != cosigner.key_id.hex():
            raise InvalidNote("The key of a witness is damaged: its id does not fit it.")
        return cosigner

    @property
    def key_id(self) -> bytes:
        return note.key_id(self.name, ED25519 + self.key)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{note.encode(ED25519 + self.key)}"

    def find(self, signed: Note) -> Cosignature | None:
        """This witness's; none if it has not cosigned. Raises InvalidNote for one that is wrong."""
        for one in signed.signatures:
            if (one.name, one.key_id) == (self.name, self.key_id):
                return Cosignature(self._checked(signed.text, one.value), one)
        return None

    def _checked(self, text: str, value: bytes) -> datetime:
        seconds = int.from_bytes(value[:TIME_SIZE], "big")
        if len(value) != TIME_SIZE + SIGNATURE_SIZE or not 0 < seconds <= MAX_TIME:
            raise InvalidNote(f"The cosignature of {self.name} has not the form of one.")
        said = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(value[TIME_SIZE:], said)
        except (InvalidSignature, ValueError):
            raise InvalidNote(f"The cosignature of {self.name} does not fit the text.") from None
        return datetime.fromtimestamp(seconds, UTC)


def refuse_uncosigned(data: bytes, keys: Sequence[Verifier], cosigners: Sequence[Cosigner]) -> None:
    """The newest checkpoint of a file has to be cosigned by all of them. Raises InvalidNote."""
    found: list[tuple[int, Note]] = []
    for piece in checkpoint.split(data):
        with suppress(InvalidNote):
            found.append((checkpoint.opened(piece, *keys).size, note.parse(piece)))
    size, newest = max(found, key=lambda one: one[0])
    if names := missing(newest, cosigners):
        raise InvalidNote(
            f"The newest checkpoint, of {size} rows, is not cosigned by {', '.join(names)}."
        )


def missing(signed: Note, cosigners: Sequence[Cosigner]) -> list[str]:
    """Names of those who have not cosigned it. Raises InvalidNote."""
    return [one.name for one in cosigners if one.find(signed) is None]
