"""Objects in a bucket of an S3-compatible store. Blocking: call it in a thread.

What is stored was read back, and its SHA-256 compared: obstore tells no checksum of what a store
holds, of an upload in several pieces S3 itself knows only one of checksums, and some stores know
none. So nothing depends on what a store promises, and what is kept is known to be readable.
"""

import hashlib
import os
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from storage.errors import DamagedPart, NotAsUploaded, StillLocked, StoreAway
from storage.vault.files import open_regular, stays_inside
from storage.vault.objects.client import READING, WRITING, client
from storage.vault.objects.credentials import Credentials, find
from storage.vault.objects.remote import BucketObject
from storage.vault.objects.settings import BucketSettings
from storage.vault.objects.signed import NOT_SUPPORTED, Refused, SignedRequests, Version
from storage.vault.objects.trouble import ADVICE, code, told
from storage.vault.partfile import tail_name

if TYPE_CHECKING:
    from obstore.store import S3Credential

MARKER = "carelay-recordings"
"""Holds the id of the place, as the file of that name in a folder does."""
PIECE_BYTES = 8 * 1024 * 1024
"""Of an upload in several requests; 10,000 are allowed, so that a part may have 80 GB."""
PIECES_AT_ONCE = 2


class Bucket:
    """See ObjectStore. Raises StoreAway, with what to do, whatever is in the way."""

    def __init__(self, settings: BucketSettings, environ: Mapping[str, str] = os.environ) -> None:
        """Raises StoreAway for credentials or a certificate that cannot be used."""
        self.settings = settings
        self.id: str | None = None
        """What its marker holds, once that was seen."""
        self._environ = environ
        own = find(settings.credentials_file, environ) is not None
        self._reader = client(settings, READING, self._for_obstore if own else None)
        self._writer = client(settings, WRITING, self._for_obstore if own else None)
        self._signed = self._requests() if own else None

    # --- reading

    def open(self, name: str) -> BucketObject:
        """See ObjectStore."""
        try:
            return BucketObject(self._reader, _inside(name), self.settings)
        except FileNotFoundError:
            self._require_marker()  # or else all that there is would pass for lost
            raise

    def exists(self, name: str) -> bool:
        """Raises StoreAway."""
        try:
            self.open(name).close()
        except (FileNotFoundError, DamagedPart):
            return False
        return True

    # --- writing

    def store(self, name: str, path: Path, now: datetime) -> None:
        """A file that does not change any more: afterwards it was read back, and is locked if that
        is asked for. Killed half-way, it is simply done again; what is there by then, stays.

        Raises StoreAway, FileNotFoundError and OSError of the file.
        """
        if self.id is None:
            raise StoreAway(f"{self._name} was not reached yet.")
        self._require_marker()
        size, digest = _digest(path)
        with suppress(NotAsUploaded):
            self._verify(_inside(name), size, digest)
            self._lock(name, now)
            return
        self._abort_uploads(name)
        try:
            obstore.put(
                self._writer, name, path, chunk_size=PIECE_BYTES, max_concurrency=PIECES_AT_ONCE
            )
        except (BaseError, OSError, ValueError) as error:
            raise self._told(error) from None
        self._verify(name, size, digest)
        self._lock(name, now)

    def keep(self, name: str, content: bytes) -> None:
        """A small object that never changes, compared as it is there then. Raises StoreAway."""
        digest = hashlib.sha256(content).digest()
        with suppress(NotAsUploaded):
            self._verify(_inside(name), len(content), digest)
            return
        try:
            obstore.put(self._writer, name, content)
        except (BaseError, OSError, ValueError) as error:
            raise self._told(error) from None
        self._verify(name, len(content), digest)

    def delete(self, name: str) -> None:
        """See ObjectStore: all its versions, where they can be listed. Raises StillLocked."""
        _inside(name)
        versions = self._versions(name)
        if versions is None:
            for each in (name, tail_name(name)):
                self._delete(each)
            return
        for version in versions:
            self._delete_version(version)
        self._abort_uploads(name)

    def claim(self, known: str | None, new_id: str) -> str:
        """The id of the place that it is, which an empty one gets. Raises StoreAway."""
        found = self._marker()
        if found is None and known is None:
            self._make_marker(new_id)
            found = self._marker()
        if found is None or (known is not None and found != known):
            raise self._not_the_place(known)
        self.id = found
        return found

    def probe(self, name: str, content: bytes) -> None:
        """Write, read, compare and delete a small object. Raises StoreAway."""
        try:
            obstore.put(self._writer, name, content)
        except (BaseError, OSError, ValueError) as error:
            raise StoreAway(f"writing: {self._told(error)}") from None
        try:
            self._verify(name, len(content), hashlib.sha256(content).digest())
        except StoreAway as error:
            raise StoreAway(f"reading: {error}") from None
        try:
            self.delete(name)
        except StillLocked:
            raise
        except StoreAway as error:
            raise StoreAway(f"deleting: {error}") from None

    def keeps_versions(self) -> bool | None:
        """Whether it does may be unknown. Raises StoreAway."""
        if self._signed is None:
            return None
        return any(version.id not in {"", "null"} for version in self._versions(MARKER) or [])

    # --- steps of the above

    @property
    def _name(self) -> str:
        return str(self.settings)

    def _verify(self, name: str, size: int, digest: bytes) -> None:
        """Raises NotAsUploaded, and StoreAway where that cannot be told."""
        found = hashlib.sha256()
        try:
            stored = obstore.head(self._writer, name)["size"]
            if stored == size:
                for start in range(0, size, PIECE_BYTES):
                    end = min(start + PIECE_BYTES, size)
                    found.update(obstore.get_range(self._writer, name, start=start, end=end))
        except FileNotFoundError as error:
            if code(str(error)) == "NoSuchBucket":
                raise self._told(error) from None
            raise NotAsUploaded(f"{self._name} does not have {name}.") from None
        except (BaseError, OSError, ValueError) as error:
            raise self._told(error) from None
        if stored != size or found.digest() != digest:
            raise NotAsUploaded(
                f"{self._name} does not hold {name} as it was sent: {stored} of {size} bytes"
                f"{', and others' if stored == size else ''}."
            )

    def _lock(self, name: str, now: datetime) -> None:
        if (lock := self.settings.lock) is None:
            return
        if self._signed is None:
            raise StoreAway(f"{self._name}: a lock needs credentials, not the machine's role.")
        try:
            self._signed.lock(self._key(name), lock.mode.upper(), now + timedelta(days=lock.days))
        except Refused as error:
            raise StoreAway(
                f"{self._name} does not lock {name}: {error} It must have Object Lock enabled."
            ) from None

    def _versions(self, name: str) -> list[Version] | None:
        """Of an object and its tail; none if that cannot be told."""
        if self._signed is None:
            return None
        try:
            return list(self._signed.versions(self._key(name)))
        except Refused as error:
            if error.code in NOT_SUPPORTED or error.status in {405, 501}:
                return None
            raise self._refused(error) from None

    def _delete_version(self, version: Version) -> None:
        assert self._signed is not None  # noqa: S101  or there would be no version
        try:
            self._signed.delete(version)
        except Refused as error:
            if error.status == 403 and (until := self._signed.locked_until(version)):
                raise StillLocked(f"{version.key} is locked until {until}.") from None
            raise self._refused(error) from None

    def _delete(self, name: str) -> None:
        try:
            obstore.delete(self._writer, name)
        except FileNotFoundError as error:
            if code(str(error)) == "NoSuchBucket":
                raise self._told(error) from None
        except (BaseError, OSError, ValueError) as error:
            raise self._told(error) from None

    def _abort_uploads(self, name: str) -> None:
        """Where that is supported; a rule of the bucket does it elsewhere."""
        if self._signed is not None:
            with suppress(Refused):
                self._signed.abort_uploads(self._key(name))

    def _require_marker(self) -> None:
        """Raises StoreAway unless it is the place that was claimed, or one, where none was."""
        found = self._marker()
        if found is None or found != (self.id or found):
            raise self._not_the_place(self.id)

    def _not_the_place(self, known: str | None) -> StoreAway:
        holds = f" that holds {known}" if known else ""
        return StoreAway(
            f"{self._name} is not where the recordings are: there is no object {MARKER}{holds}. "
            "Correct [objects], or put the bucket back."
        )

    def _marker(self) -> str | None:
        try:
            content = bytes(obstore.get(self._reader, MARKER).bytes())
        except FileNotFoundError as error:
            if code(str(error)) == "NoSuchBucket":
                raise self._told(error) from None
            return None
        except (BaseError, OSError, ValueError) as error:
            raise self._told(error) from None
        return content[:64].decode(errors="replace").strip()

    def _make_marker(self, new_id: str) -> None:
        """The one that is there first stays, where the store can say so."""
        try:
            obstore.put(self._writer, MARKER, f"{new_id}\n".encode(), mode="create")
        except AlreadyExistsError:
            return
        except (BaseError, OSError, ValueError) as error:
            raise self._told(error) from None

    def _key(self, name: str) -> str:
        return f"{self.settings.prefix.strip('/')}/{name}".lstrip("/")

    def _told(self, error: Exception) -> StoreAway:
        return told(error, self.settings)

    def _refused(self, error: Refused) -> StoreAway:
        advice = ADVICE.get(error.code)
        return StoreAway(f"{self._name}: {advice}.") if advice else error

    def _requests(self) -> SignedRequests:
        settings, context = self.settings, ssl.create_default_context()
        if settings.ca_file is not None:
            try:
                context.load_verify_locations(settings.ca_file)
            except (OSError, ssl.SSLError):
                raise StoreAway(
                    f"objects.ca_file: {settings.ca_file} has no certificate in PEM."
                ) from None
        return SignedRequests(
            settings.url, settings.bucket, settings.region, self._credentials, context
        )

    def _credentials(self) -> Credentials:
        """As they are now: they may be exchanged beside a running server."""
        found = find(self.settings.credentials_file, self._environ)
        if found is None:
            raise StoreAway("There are no credentials for the object store any more.")
        return found

    def _for_obstore(self) -> "S3Credential":
        found = self._credentials()
        return {
            "access_key_id": found.access_key_id,
            "secret_access_key": found.secret_access_key,
            "token": found.token,
            "expires_at": datetime.now(UTC) + CREDENTIALS_LAST,
        }


CREDENTIALS_LAST = timedelta(minutes=10)
"""How long obstore uses them before it asks again; more than its requests take."""


def _inside(name: str) -> str:
    """A name comes from the database, which somebody else may have written."""
    if not stays_inside(name):
        raise DamagedPart("There is no part of this name.")
    return name


def _digest(path: Path) -> tuple[int, bytes]:
    """Raises DamagedPart, FileNotFoundError, OSError."""
    descriptor = open_regular(path)
    with open(descriptor, "rb") as file:  # noqa: PTH123  a descriptor, not a path
        digest = hashlib.file_digest(file, "sha256").digest()
        return os.fstat(descriptor).st_size, digest
