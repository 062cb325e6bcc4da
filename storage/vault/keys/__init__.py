"""Keys of recordings: the key of each, and what it is wrapped by."""

from storage.vault.keys.datakey import DataKey
from storage.vault.keys.provider import KeyProvider

__all__ = ["DataKey", "KeyProvider"]
