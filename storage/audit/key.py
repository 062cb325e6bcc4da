"""The files of the key that checkpoints are signed with: the private one, and what auditors get.

Like the recordings' key it is never made in passing. Who has it can sign a false log; who has lost
it cannot sign on, but what was signed stays provable with the public file.
"""

import os
from pathlib import Path

from storage.audit.note import KEY_SIZE, Signer, Verifier
from storage.errors import InvalidNote, KeyFileError
from storage.ids import new_id
from storage.vault.files import read_private, write_new

ORIGIN = "carelay/audit"
"""What the names of logs begin with; 16 hexadecimal digits tell one from the others."""


def create(path: Path) -> Signer:
    """A new key for a new log: in that file, mode 0600, and its public half beside it.

    Raises KeyFileError, in particular if the file exists.
    """
    signer = Signer(f"{ORIGIN}/{new_id()[:16]}", os.urandom(KEY_SIZE))
    try:
        write_new(path, f"{signer.secret}\n".encode())
        public_file(path).write_text(f"{signer.verifier}\n")
    except FileExistsError:
        raise KeyFileError(f"The key file {path} exists; it is never overwritten.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be written: {error.strerror}.") from error
    return signer


def load(path: Path) -> Signer:
    """Raises KeyFileError if it is missing, open to other users, or not a key of an audit log."""
    try:
        return Signer.parse(read_private(path).decode(errors="replace"))
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
    except InvalidNote as error:
        raise KeyFileError(f"The key file {path} is not of an audit log. {error}") from error


def load_public(path: Path) -> Verifier:
    """Raises KeyFileError."""
    try:
        return Verifier.parse(path.read_text(errors="replace"))
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
    except InvalidNote as error:
        raise KeyFileError(f"{path} is not the public key of an audit log. {error}") from error


def public_file(path: Path) -> Path:
    """Beside the private one."""
    return path.with_suffix(".pub")
