"""The provider of a server that cannot read what it records."""

from storage.errors import WrongKey
from storage.vault.keys.datakey import DataKey
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.sealed import PublicKey, refuse_sealed


class SealingKeys:
    """A KeyProvider: seals new data keys to a public key.

    Recordings from before open with the key files, as long as these are there.
    """

    def __init__(self, public: PublicKey, earlier: KeyFolder | None = None) -> None:
        self.public = public
        self.earlier = earlier

    @property
    def key_id(self) -> str:
        """See KeyProvider."""
        return self.public.key_id

    async def holds(self, key_id: str) -> bool:
        """See KeyProvider."""
        if key_id == self.key_id:
            return True
        return self.earlier is not None and await self.earlier.holds(key_id)

    async def wrap(self, data_key: DataKey, recording_id: str, key_id: str) -> bytes:
        """See KeyProvider."""
        if key_id != self.key_id:
            raise WrongKey(
                f"New recordings need key {key_id}, but this server seals to {self.key_id}."
            )
        return self.public.wrap(data_key, recording_id)

    async def unwrap(self, wrapped: bytes, recording_id: str, key_id: str) -> DataKey:
        """See KeyProvider. Raises KeyIsSealed."""
        refuse_sealed(key_id, recording_id)
        if self.earlier is None:
            raise WrongKey(f"Recording {recording_id} needs key {key_id}, whose file is not here.")
        return await self.earlier.unwrap(wrapped, recording_id, key_id)
