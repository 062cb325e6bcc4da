"""A key file: 32 random bytes, which wrap the key of every recording.
It lives apart from the recordings it protects.

Losing it loses every recording; leaking it leaks those whose wrapped keys leak too. So it is never
made in passing: only a command makes one, and a missing or wrong file is an error with a way out,
never a new key.
"""

import base64
import binascii
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import KeyFileError, WrongKey
from storage.vault.files import read_private, write_new
from storage.vault.keys.datakey import VERSION, DataKey, named, purpose

FIRST_LINE = (
    "carelay recording key 1 -- keep this file secret, and keep a copy of it away from the "
    "recordings"
)
KEY_SIZE = 32
NONCE_SIZE = 12


@dataclass(frozen=True)
class KeyFile:
    key: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "KeyFile":
        """Of a key that is in no file yet."""
        return cls(AESGCM.generate_key(bit_length=8 * KEY_SIZE))

    @classmethod
    def create(cls, path: Path) -> "KeyFile":
        """A new key in a new file of mode 0600.

        Raises KeyFileError, in particular if the file exists.
        """
        made = cls.new()
        try:
            write_new(path, made.content)
        except FileExistsError:
            raise KeyFileError(f"The key file {path} exists; it is never overwritten.") from None
        except OSError as error:
            raise KeyFileError(
                f"The key file {path} cannot be written: {error.strerror}."
            ) from error
        return made

    @classmethod
    def load(cls, path: Path) -> "KeyFile":
        """Raises KeyFileError if it is missing, open to other users, or not a key file."""
        try:
            content = read_private(path)
        except OSError as error:
            raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
        return cls(_decode(path, content))

    @property
    def content(self) -> bytes:
        """Of its file."""
        return f"{FIRST_LINE}\n{base64.b64encode(self.key).decode()}\n".encode()

    @property
    def key_id(self) -> str:
        """Tells which key file a recording needs without telling anything of the key."""
        return hashlib.sha256(b"carelay key id 1\x00" + self.key).hexdigest()[:16]

    def wrap(self, data_key: DataKey, recording_id: str) -> bytes:
        """What of it may be stored, bound to the recording and to the data key's version."""
        # Random nonces are safe for 2**32 recordings under one key file (NIST SP 800-38D, 8.3).
        nonce, bound = os.urandom(NONCE_SIZE), purpose(data_key.version, recording_id)
        return nonce + AESGCM(self.key).encrypt(nonce, data_key.key, bound)

    def unwrap(self, wrapped: bytes, recording_id: str) -> DataKey:
        """The recording's data key. Raises WrongKey."""
        nonce, sealed, opener = wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], AESGCM(self.key)
        for version in range(VERSION, 0, -1):
            with suppress(InvalidTag, ValueError):
                return DataKey(
                    opener.decrypt(nonce, sealed, purpose(version, recording_id)), version
                )
        raise WrongKey(f"The key file {self.key_id} does not open {named(recording_id)}.")


def _decode(path: Path, content: bytes) -> bytes:
    lines = content.splitlines()
    if lines[:1] != [FIRST_LINE.encode()]:
        raise KeyFileError(f"The key file {path} is not a carelay key file.")
    try:
        key = base64.b64decode(b"".join(lines[1:]), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_SIZE:
        raise KeyFileError(f"The key file {path} is damaged; restore it from your copy.")
    return key
