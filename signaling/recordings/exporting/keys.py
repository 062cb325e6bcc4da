"""The keys of exports, each of which is encrypted with one of its own."""

from signaling.recordings.archive import Archive
from storage.recordings import recording_exports
from storage.vault.keys import DataKey, KeyProvider
from storage.vault.keys.file import KeyFile
from storage.vault.keys.sealed import is_sealed


class ExportKeys:
    """Wraps the keys of exports. Where the server can open nothing that it wraps, its memory has a
    key: what was made is lost with it, and can be made again.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._memory = KeyFile.new()

    async def wrap(self, key: DataKey, export_id: str) -> tuple[bytes, str]:
        """What of it may be stored, and by which key. Raises KeyFileError, KeyServiceAway."""
        keys = self._archive.keys
        if is_sealed(keys.key_id):
            return self._memory.wrap(key, export_id), recording_exports.IN_MEMORY
        return await keys.wrap(key, export_id, keys.key_id), keys.key_id

    async def unwrap(self, wrapped: bytes, export_id: str, key_id: str) -> DataKey:
        """Raises WrongKey, KeyFileError, KeyServiceAway."""
        if key_id == recording_exports.IN_MEMORY:
            return self._memory.unwrap(wrapped, export_id)
        keys: KeyProvider = self._archive.keys
        return await keys.unwrap(wrapped, export_id, key_id)
