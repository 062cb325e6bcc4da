"""The key file of a server, and beside it the one that is to follow and those that are retired.

    recording.key                 the key
    recording.key.new             the next one, while `carelay keys rotate` is at work
    recording.key.retired-<id>    an earlier one, until somebody takes it away

Which of them wraps new keys is told by the database, not by the names: servers of one database then
agree at each moment, and a server knows what was rotated beside it. The files are read again
whenever a key is asked for that is not known, so that no server has to be started anew.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from storage.errors import KeyFileError, WrongKey
from storage.vault.files import sync_folder, write_new
from storage.vault.keys.datakey import DataKey
from storage.vault.keys.file import KeyFile
from storage.vault.keys.sealed import refuse_sealed


class KeyFolder:
    """A KeyProvider of key files. Make it with `load`."""

    def __init__(self, path: Path, key: KeyFile) -> None:
        self.path = path
        self._key = key
        self._keys = {key.key_id: key}

    @classmethod
    def load(cls, path: Path) -> "KeyFolder":
        """`path` is that of the key file. Raises KeyFileError unless that one is there."""
        found = cls(path, KeyFile.load(path))
        found._read()
        return found

    @property
    def key_id(self) -> str:
        """See KeyProvider: that of the key file itself."""
        return self._key.key_id

    @property
    def key_ids(self) -> frozenset[str]:
        """Of all that were here when it was last looked."""
        return frozenset(self._keys)

    async def holds(self, key_id: str) -> bool:
        """See KeyProvider."""
        if key_id not in self._keys:
            with suppress(KeyFileError):
                await asyncio.to_thread(self._read)
        return key_id in self._keys

    async def wrap(self, data_key: DataKey, recording_id: str, key_id: str) -> bytes:
        """See KeyProvider."""
        return (await self._known(key_id)).wrap(data_key, recording_id)

    async def unwrap(self, wrapped: bytes, recording_id: str, key_id: str) -> DataKey:
        """See KeyProvider."""
        refuse_sealed(key_id, recording_id)
        return (await self._known(key_id)).unwrap(wrapped, recording_id)

    async def _known(self, key_id: str) -> KeyFile:
        if not await self.holds(key_id):
            raise WrongKey(f"Key {key_id} is not beside the key file {self.path}.")
        return self._keys[key_id]

    def _read(self) -> None:
        self._key = KeyFile.load(self.path)
        keys = {self._key.key_id: self._key}
        for beside in (self.new_path, *self.retired_paths()):
            with suppress(KeyFileError):  # whoever needs it is told that it is not there
                key = KeyFile.load(beside)
                keys[key.key_id] = key
        self._keys = keys

    # --- rotation, by one command at a time (`files.held_alone`)

    @property
    def new_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.new")

    def retired_paths(self) -> list[Path]:
        return sorted(self.path.parent.glob(f"{self.path.name}.retired-*"))

    def retired_path(self, key_id: str) -> Path:
        return self.path.with_name(f"{self.path.name}.retired-{key_id}")

    def next_key(self) -> KeyFile | None:
        """The one that is to follow, if it was made. Raises KeyFileError if it is damaged."""
        return KeyFile.load(self.new_path) if self.new_path.exists() else None

    def make_next(self) -> KeyFile:
        """There at once and whole, with the owner of the key file. Raises KeyFileError."""
        made = KeyFile.new()
        self._place(made, self.new_path)
        self._read()
        return made

    def advance(self) -> None:
        """The next key becomes the key file, and that one is retired.

        Killed at any moment, and called again, it ends the same; no key is ever without a file.
        Raises KeyFileError.
        """
        if not (retired := self.retired_path(self.key_id)).exists():
            self._place(self._key, retired)
        try:
            self.new_path.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            raise KeyFileError(
                f"The key file {self.path} cannot be exchanged: {error.strerror}."
            ) from error
        self._read()

    def _place(self, key: KeyFile, path: Path) -> None:
        unfinished = self.path.with_name(f"{self.path.name}.unfinished")
        try:
            unfinished.unlink(missing_ok=True)  # of a command that was killed
            write_new(unfinished, key.content)
            _give_to_owner_of(self.path, unfinished)
            unfinished.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise KeyFileError(f"The key file {path} cannot be made: {error.strerror}.") from error


def _give_to_owner_of(model: Path, path: Path) -> None:
    """Made by root, it would be of no use to the server's user. Raises OSError."""
    owner = model.stat()
    if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
        os.chown(path, owner.st_uid, owner.st_gid)
