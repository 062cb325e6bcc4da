"""Are the keys of the recordings those that they need?"""

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from signaling.config import Recording as Settings
from signaling.config.sections import KeyKind
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from storage import audit, properties, recording_keys, recordings
from storage.audit import AuditEvent
from storage.database import Database
from storage.errors import KeyFileError, WrongKey
from storage.models import Recording
from storage.properties import RECORDING_KEY
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
    return _with_earlier(config, current_keys(config))


def current_keys(config: Settings) -> KeyProvider:
    """The one that wraps keys of new recordings. Raises KeyFileError."""
    return _of_kind(config, config.keys)


def open_keys_beside(config: Settings, folder: KeyFolder) -> KeyProvider:
    """The same, with these key files, which somebody is about to exchange."""
    return _with_earlier(config, folder)


def _with_earlier(config: Settings, current: KeyProvider) -> KeyProvider:
    kinds = [kind for kind in _EARLIER if kind != config.keys and _is_configured(config, kind)]
    return KeyChain(current, *(_of_kind(config, kind) for kind in kinds)) if kinds else current


_EARLIER: tuple[KeyKind, ...] = ("file", "kms", "pkcs11")
"""Those that open anything."""


def _is_configured(config: Settings, kind: KeyKind) -> bool:
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


KeyPurpose = Literal["recording", "judging", "playback", "download", "recovery"]
"""What a data key is used for."""


def key_used(
    at: datetime, by: Actor | None, recording: Recording, purpose: KeyPurpose
) -> AuditEvent:
    """The key of a recording was made or unwrapped, for the audit log."""
    detail = {"key_id": recording.key_id, "purpose": purpose}
    return entry("key.used", at, by, recording_id=recording.id, detail=detail)


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


async def settle_keys(database: Database, keys: KeyProvider, now: datetime) -> None:
    """A server starts: from now on keys of new recordings are wrapped by what it says.

    Which of several key files it is is not told by a start, but by a rotation. Raises WrongKey.
    """
    await refuse_wrong_key(database, keys)
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
