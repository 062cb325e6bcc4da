"""The provider of a server that cannot read what it records."""

from storage.errors import WrongKey
from storage.vault.keys.datakey import DataKey
from storage.vault.keys.sealed import PublicKey, refuse_sealed


class SealingKeys:
    """A KeyProvider: seals new data keys to a public key, and opens none."""

    def __init__(self, public: PublicKey) -> None:
        self.public = public

    @property
    def key_id(self) -> str:
        """See KeyProvider."""
        return self.public.key_id

    async def holds(self, key_id: str) -> bool:
        """See KeyProvider."""
        return key_id == self.key_id

    async def wrap(self, data_key: DataKey, recording_id: str, key_id: str) -> bytes:
        """See KeyProvider."""
        if key_id != self.key_id:
            raise WrongKey(
                f"New recordings need key {key_id}, but this server seals to {self.key_id}."
            )
        return self.public.wrap(data_key, recording_id)

    async def unwrap(
        self,
        wrapped: bytes,  # noqa: ARG002  it stays closed
        recording_id: str,
        key_id: str,
    ) -> DataKey:
        """See KeyProvider. Raises KeyIsSealed."""
        refuse_sealed(key_id, recording_id)
        raise WrongKey(f"Recording {recording_id} needs key {key_id}, which is not here.")
