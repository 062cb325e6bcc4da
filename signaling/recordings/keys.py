"""Are the keys of the recordings those that they need?"""

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Recording as Settings
from signaling.config.sections import KeyKind
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from storage import audit
from storage.audit import AuditEvent
from storage.database import Database
from storage.errors import KeyFileError, WrongKey
from storage.models import Recording
from storage.recordings import recording_keys, recordings
from storage.rows import properties
from storage.rows.properties import RECORDING_KEY
from storage.vault.keys import KeyProvider
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.kms import KmsKey
from storage.vault.keys.sealed import PublicKey, is_sealed
from storage.vault.keys.sealing import SealingKeys
from storage.vault.keys.service import ServiceKeys, is_of_file

if TYPE_CHECKING:
    from storage.vault.keys.hsm import HsmKey

log = logging.getLogger(__name__)


def open_keys(config: Settings) -> KeyProvider | None:
    """Those that are configured; none where nothing is recorded. Raises KeyFileError.

    Whatever else is configured opens recordings from before.
    """
    if not config.enabled:
        return None
    return with_earlier(config, current_keys(config))


def current_keys(config: Settings) -> KeyProvider:
    """The one that wraps keys of new recordings. Raises KeyFileError."""
    return _of_kind(config, config.keys)


def with_earlier(config: Settings, current: KeyProvider) -> KeyProvider:
    """And whatever else is configured, which opens what is from before."""
    earlier = earlier_keys(config)
    return KeyChain(current, *earlier) if earlier else current


def earlier_keys(config: Settings) -> list[KeyProvider]:
    """Those that open what is from before another kind of them was chosen. Raises KeyFileError."""
    kinds = [kind for kind in _EARLIER if kind != config.keys and is_configured(config, kind)]
    return [_of_kind(config, kind) for kind in kinds]


_EARLIER: tuple[KeyKind, ...] = ("file", "kms", "pkcs11")
"""Those that open anything."""


def is_configured(config: Settings, kind: KeyKind) -> bool:
    """Whether there is such a key to open anything with."""
    match kind:
        case "file":
            return config.key_file.exists()
        case "kms":
            return bool(config.kms_key)
        case "pkcs11":
            return config.pkcs11_module is not None
    return False


def _of_kind(config: Settings, kind: KeyKind) -> KeyProvider:
    match kind:
        case "file":
            return KeyFolder.load(config.key_file)
        case "sealed":
            return SealingKeys(PublicKey.load(config.public_key_file))
        case "kms":
            return ServiceKeys(KmsKey(config.kms_key))
        case "pkcs11":
            return ServiceKeys(hsm_key(config))


def hsm_key(config: Settings) -> "HsmKey":
    """The key in a security module. Raises KeyFileError if none is configured."""
    from storage.vault.keys.hsm import HsmKey, Slot  # noqa: PLC0415  see there

    module, pin_file = config.pkcs11_module, config.pkcs11_pin_file
    if module is None or pin_file is None:
        raise KeyFileError("No key in a security module is configured (recording.pkcs11_module).")
    return HsmKey(Slot(module, config.pkcs11_token, config.pkcs11_key, pin_file))


KeyPurpose = Literal[
    "recording", "judging", "playback", "browser", "download", "export", "recovery"
]
"""What a data key is used for; `browser`: it was handed out, wrapped, to be opened there."""


def key_used(
    at: datetime, by: Actor | None, recording: Recording, purpose: KeyPurpose
) -> AuditEvent:
    """The key of a recording was made or unwrapped, for the audit log."""
    detail = {"key_id": recording.key_id, "purpose": purpose}
    return entry("key.used", at, by, recording_id=recording.id, detail=detail)


async def logged_digest(tx: AsyncSession, recording_id: str) -> str | None:
    """Which data key the audit log says the recording has since it began; none of earlier versions.

    Whoever can seal a key, which is anybody, cannot write it there.
    """
    found = await audit.for_recordings(tx, [recording_id], ["recording.started"])
    begun = found.get(recording_id, [])
    digest = begun[-1].event.detail.get("data_key_sha256") if begun else None
    return None if digest is None else str(digest)


async def key_id_in_use(database: Database) -> str | None:
    """Which key the newest recording needs; none without recordings."""
    async with database.reading() as tx:
        newest = await recordings.newest(tx)
    return newest.key_id if newest else None


async def refuse_wrong_key(database: Database, keys: KeyProvider) -> None:
    """Raises WrongKey if recordings exist that need another key file, or new ones would.

    A server that seals can do without: what it cannot open, it need not.
    """
    if is_sealed(keys.key_id):
        return
    async with database.reading() as tx:
        current = await recording_keys.current(tx)
    for needed in (current, await key_id_in_use(database)):
        if needed is None or is_sealed(needed) or await keys.holds(needed):
            continue
        raise WrongKey(
            f"The recordings in the database need key {needed}, but this server has "
            f"{keys.key_id}; put back what holds the right one (recording.key_file, "
            "recording.kms_key, recording.pkcs11_key)."
        )


def sealing_key(keys: KeyProvider) -> PublicKey | None:
    """That which new recordings are sealed to; none where they are not."""
    current = keys.current if isinstance(keys, KeyChain) else keys
    return current.public if isinstance(current, SealingKeys) else None


async def _settle_sealing_key(database: Database, public: PublicKey, now: datetime) -> None:
    """The id of a key names that key alone, from the first start with it on; what it is and that
    somebody came with another one is in the audit log. Raises WrongKey.
    """
    detail = {"key_id": public.key_id, "public_key_sha256": public.digest}
    try:
        async with database.transaction() as tx:
            if await recording_keys.note_sealing(tx, public):
                await audit.append(tx, entry("key.noted", now, None, detail=detail))
    except WrongKey:
        async with database.transaction() as tx:
            await audit.append(tx, entry("key.refused", now, None, detail=detail))
        raise


async def settle_keys(database: Database, keys: KeyProvider, now: datetime) -> None:
    """A server starts: from now on keys of new recordings are wrapped by what it says.

    Which of several key files it is is not told by a start, but by a rotation. Raises WrongKey.
    """
    await refuse_wrong_key(database, keys)
    if (public := sealing_key(keys)) is not None:
        await _settle_sealing_key(database, public, now)
    async with database.transaction() as tx:
        current = await recording_keys.current(tx)
        if current in {None, keys.key_id}:
            return
        if is_of_file(current or "") and is_of_file(keys.key_id):
            return
        await properties.put(tx, RECORDING_KEY, keys.key_id)
        detail = {"old_key": current, "new_key": keys.key_id}
        await audit.append(tx, entry("key.changed", now, None, detail=detail))
    log.warning("new recordings are wrapped by key %s, no more by %s", keys.key_id, current)
