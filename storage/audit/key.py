"""The files of the key that checkpoints are signed with: the private one, and what auditors get.

Like the recordings' key it is never made in passing. Who has it can sign a false log; who has lost
it cannot sign on, but what was signed stays provable with the public file.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from storage.audit.note import KEY_SIZE, Signer, Verifier
from storage.errors import InvalidNote, KeyFileError
from storage.ids import new_id
from storage.vault.files import read_private, sync_folder, write_new

ORIGIN = "carelay/audit"
"""What the names of logs begin with; 16 hexadecimal digits tell one from the others."""


def create(path: Path) -> Signer:
    """A new key for a new log: in that file, mode 0600, and its public half beside it.

    Raises KeyFileError, in particular if the file exists.
    """
    signer = _new(None)
    try:
        write_new(path, f"{signer.secret}\n".encode())
        public_file(path).write_text(f"{signer.verifier}\n")
    except FileExistsError:
        raise KeyFileError(f"The key file {path} exists; it is never overwritten.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be written: {error.strerror}.") from error
    return signer


def pending(path: Path) -> Signer | None:
    """The one that is to follow it, if an exchange was broken off. Raises KeyFileError."""
    return load(_pending(path)) if _pending(path).exists() else None


def create_pending(path: Path, name: str | None) -> Signer:
    """One that is to follow it, of the log of that name, or of a new one. Raises KeyFileError."""
    signer = _new(name)
    try:
        write_new(_pending(path), f"{signer.secret}\n".encode())
    except OSError as error:
        raise KeyFileError(
            f"No key file can be written beside {path}: {error.strerror}."
        ) from error
    return signer


def exchange(path: Path, old: Signer, new: Signer) -> None:
    """The new one takes its place, and the old one is kept as retired. The public file of the log
    stays that of its first key, from which the log leads to the others. Raises KeyFileError.
    """
    try:
        public_file_of(path, new.verifier).write_text(f"{new.verifier}\n")
        with suppress(FileExistsError):  # of an exchange that was broken off here
            os.link(path, path.with_name(f"{path.name}.retired-{old.verifier.key_id.hex()}"))
        _pending(path).replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be replaced: {error.strerror}.") from error


def load(path: Path) -> Signer:
    """Raises KeyFileError if it is missing, open to other users, or not a key of an audit log."""
    try:
        return Signer.parse(read_private(path).decode(errors="replace"))
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
    except InvalidNote as error:
        raise KeyFileError(f"The key file {path} is not of an audit log. {error}") from error


def public_files(path: Path) -> Sequence[Path]:
    """Of the log's first key, and of those that followed it."""
    return [public_file(path), *sorted(path.parent.glob(f"{path.stem}.*.pub"))]


def load_public(path: Path) -> Verifier:
    """Raises KeyFileError."""
    try:
        return Verifier.parse(path.read_text(errors="replace"))
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
    except InvalidNote as error:
        raise KeyFileError(f"{path} is not the public key of an audit log. {error}") from error


def public_file_of(path: Path, verifier: Verifier) -> Path:
    """That of a key which followed the first one."""
    return path.with_suffix(f".{verifier.key_id.hex()}.pub")


def public_file(path: Path) -> Path:
    """Beside the private one."""
    return path.with_suffix(".pub")


def _new(name: str | None) -> Signer:
    return Signer(name or f"{ORIGIN}/{new_id()[:16]}", os.urandom(KEY_SIZE))


def _pending(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")
