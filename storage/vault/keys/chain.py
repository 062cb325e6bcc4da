"""Several providers of keys: the one that is configured, and those of earlier recordings."""

from storage.errors import WrongKey
from storage.vault.keys.datakey import DataKey, named
from storage.vault.keys.provider import KeyProvider
from storage.vault.keys.sealed import refuse_sealed


class KeyChain:
    """A KeyProvider: each key is asked of whoever holds it."""

    def __init__(self, current: KeyProvider, *earlier: KeyProvider) -> None:
        self.current = current
        self._all = (current, *earlier)

    @property
    def key_id(self) -> str:
        """See KeyProvider."""
        return self.current.key_id

    async def holds(self, key_id: str) -> bool:
        """See KeyProvider."""
        return await self._holder(key_id) is not None

    async def wrap(self, data_key: DataKey, recording_id: str, key_id: str) -> bytes:
        """See KeyProvider. Never by an earlier one: a server that seals leaves nothing open."""
        return await self.current.wrap(data_key, recording_id, key_id)

    async def unwrap(self, wrapped: bytes, recording_id: str, key_id: str) -> DataKey:
        """See KeyProvider."""
        refuse_sealed(key_id, recording_id)
        if (holder := await self._holder(key_id)) is None:
            raise WrongKey(f"Key {key_id}, which {named(recording_id)} needs, is not here.")
        return await holder.unwrap(wrapped, recording_id, key_id)

    async def _holder(self, key_id: str) -> KeyProvider | None:
        for provider in self._all:
            if await provider.holds(key_id):
                return provider
        return None
