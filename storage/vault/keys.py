"""The key file, which wraps the key of every recording.
It lives apart from the recordings it protects.

Losing it loses every recording; leaking it leaks those whose wrapped keys leak too. So it is never
made in passing: only `create` makes one, and a missing or wrong file is an error with a way out,
never a new key.
"""

import base64
import binascii
import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import KeyFileError, KeyFileIsOpen, WrongKey
from storage.vault.files import create_private, sync_folder, write_all

FIRST_LINE = (
    "carelay recording key 1 -- keep this file secret, and keep a copy of it away from the "
    "recordings"
)
KEY_SIZE = 32
NONCE_SIZE = 12
MAX_FILE_SIZE = 1024
VERSION = 3  # of wrapped keys; see FORMAT.md


@dataclass(frozen=True)
class DataKey:
    """The key of one recording, and what it authenticates beside the files."""

    key: bytes = field(repr=False)
    version: int = VERSION
    """Bound into the wrapped key: nobody without the key file makes a newer one an older one."""

    @property
    def authenticates_parts(self) -> bool:
        """The rows of the parts."""
        return self.version >= 2

    @property
    def authenticates_recording(self) -> bool:
        """The row of the recording, and which parts it has."""
        return self.version >= 3


@dataclass(frozen=True)
class KeyFile:
    key: bytes = field(repr=False)

    @classmethod
    def create(cls, path: Path) -> "KeyFile":
        """A new key in a new file of mode 0600.

        Raises KeyFileError, in particular if the file exists.
        """
        key = AESGCM.generate_key(bit_length=8 * KEY_SIZE)
        try:
            write_new(path, f"{FIRST_LINE}\n{base64.b64encode(key).decode()}\n".encode())
        except FileExistsError:
            raise KeyFileError(f"The key file {path} exists; it is never overwritten.") from None
        except OSError as error:
            raise KeyFileError(
                f"The key file {path} cannot be written: {error.strerror}."
            ) from error
        return cls(key)

    @classmethod
    def load(cls, path: Path) -> "KeyFile":
        """Raises KeyFileError if it is missing, open to other users, or not a key file."""
        try:
            content = read_private(path)
        except OSError as error:
            raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
        return cls(_decode(path, content))

    @property
    def key_id(self) -> str:
        """Tells which key file a recording needs without telling anything of the key."""
        return hashlib.sha256(b"carelay key id 1\x00" + self.key).hexdigest()[:16]

    async def new_data_key(self, recording_id: str) -> tuple[DataKey, bytes]:
        """With what of it may be stored."""
        # Random nonces are safe for 2**32 recordings under one key file (NIST SP 800-38D, 8.3).
        key, nonce = AESGCM.generate_key(bit_length=256), os.urandom(NONCE_SIZE)
        return DataKey(key), nonce + AESGCM(self.key).encrypt(
            nonce, key, _purpose(VERSION, recording_id)
        )

    async def unwrap(self, wrapped: bytes, recording_id: str) -> DataKey:
        """The recording's data key. Raises WrongKey."""
        nonce, sealed, opener = wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], AESGCM(self.key)
        for version in range(VERSION, 0, -1):
            with suppress(InvalidTag, ValueError):
                return DataKey(
                    opener.decrypt(nonce, sealed, _purpose(version, recording_id)), version
                )
        raise WrongKey(f"The key file {self.key_id} does not open recording {recording_id}.")


def _purpose(version: int, recording_id: str) -> bytes:
    """Associated data: a wrapped key moved to another recording's row does not open."""
    return b"carelay data key %d\x00" % version + recording_id.encode()


def write_new(path: Path, content: bytes) -> None:
    """A secret in a file of its own, mode 0600. Raises FileExistsError, OSError."""
    descriptor = create_private(path)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    except OSError:
        path.unlink()  # half a key file would stop the next attempt
        raise
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def read_private(path: Path) -> bytes:
    """What is in a key file. Raises KeyFileError if it is open to others, OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise KeyFileError(f"The key file {path} is not a file.")
        if mode & 0o077:
            raise KeyFileIsOpen(
                f"The key file {path} is open to other users; run: chmod 600 {path}"
            )
        return os.read(descriptor, MAX_FILE_SIZE + 1)
    finally:
        os.close(descriptor)


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
