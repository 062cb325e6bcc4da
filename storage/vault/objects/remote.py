"""One object of a bucket, read by ranges. Blocking."""

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from storage.errors import DamagedPart
from storage.vault.objects.ahead import Ahead
from storage.vault.objects.settings import BucketSettings
from storage.vault.objects.trouble import code, told

FIRST_BYTES = 64 * 1024
"""Fetched when an object is opened: its header, and what a player asks for first."""


class BucketObject:
    """See StoredObject. Raises FileNotFoundError, DamagedPart, StoreAway on construction."""

    def __init__(self, store: S3Store, name: str, settings: BucketSettings) -> None:
        self._store = store
        self._name = name
        self._settings = settings
        try:
            result = obstore.get(store, name, options={"range": (0, FIRST_BYTES)})
            self.size = result.meta["size"]
            """See StoredObject."""
            first = bytes(result.bytes())
        except FileNotFoundError as error:
            if code(str(error)) == "NoSuchBucket":
                raise told(error, settings) from None
            raise FileNotFoundError(f"{settings} does not have {name}") from None
        except (BaseError, OSError, ValueError) as error:
            if code(str(error)) == "InvalidRange":
                raise DamagedPart("The object is empty.") from None
            raise told(error, settings) from None
        self._ahead = Ahead(self._fetch, self.size, first)

    def read(self, offset: int, length: int) -> bytes:
        """See StoredObject."""
        return self._ahead.read(offset, length)

    def forget(self) -> None:
        """See StoredObject."""
        self._ahead.forget()

    def close(self) -> None:
        """See StoredObject: nothing is open between two requests."""

    def _fetch(self, offset: int, length: int) -> bytes:
        try:
            return bytes(obstore.get_range(self._store, self._name, start=offset, length=length))
        except (BaseError, OSError, ValueError) as error:
            raise told(error, self._settings) from None
