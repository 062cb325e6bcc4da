"""The key of one recording, which encrypts its parts and authenticates its rows."""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 3  # of wrapped keys; see FORMAT.md


@dataclass(frozen=True)
class DataKey:
    """The key of one recording, and what it authenticates beside the files."""

    key: bytes = field(repr=False)
    version: int = VERSION
    """Bound into the wrapped key: nobody without the wrapping key makes a newer one an older one.
    """

    @classmethod
    def new(cls) -> "DataKey":
        """For a new recording."""
        return cls(AESGCM.generate_key(bit_length=256))

    def digest(self, recording_id: str) -> str:
        """Tells in the audit log which key a recording has, and nothing of the key."""
        text = b"carelay data key digest 1\x00" + recording_id.encode() + b"\x00" + self.key
        return hashlib.sha256(text).hexdigest()

    @property
    def authenticates_parts(self) -> bool:
        """The rows of the parts."""
        return self.version >= 2

    @property
    def authenticates_recording(self) -> bool:
        """The row of the recording, and which parts it has."""
        return self.version >= 3


def purpose(version: int, recording_id: str) -> bytes:
    """What a wrapped key is bound to: moved to another recording's row it does not open."""
    return b"carelay data key %d\x00" % version + recording_id.encode()


CLINICAL = "clinical record "
"""What the names begin with that keys of clinical records are bound to; no recording's id does."""


def named(owner: str) -> str:
    """Whose data key it is, as errors say it: an owner is a recording's id or such a name."""
    return owner if owner.startswith(CLINICAL) else f"recording {owner}"
