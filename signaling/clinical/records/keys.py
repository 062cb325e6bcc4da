"""By which key clinical records are wrapped: that of the recordings, or, where these are sealed, a
key file of their own, since the server has to read them.
"""

from datetime import datetime
from pathlib import Path
from typing import get_args

from signaling.config import Config
from signaling.config.sections import KeyKind
from signaling.recordings.keys import current_keys, earlier_keys, is_configured, settle_keys
from storage.clinical import clinical_keys
from storage.database import Database
from storage.errors import WrongKey
from storage.recordings import recording_keys
from storage.recordings.recording_keys import CLINICAL, RECORDINGS, Ring
from storage.vault.keys import KeyProvider
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.folder import KeyFolder


def ring_of(config: Config) -> Ring:
    """Which wrapping key new clinical records have."""
    return CLINICAL if config.recording.keys == "sealed" else RECORDINGS


def wrapping_key_file(config: Config) -> Path:
    """That key, where it is a file."""
    own = ring_of(config) is CLINICAL
    return config.clinical_key_file if own else config.recording.key_file


def open_clinical_keys(config: Config, keys: KeyProvider | None) -> KeyProvider | None:
    """Those that wrap and open clinical records; `keys` are those of recordings, if anything is
    recorded. None where there is no key at all: then nothing is written beside calls.

    Raises KeyFileError.
    """
    recording = config.recording
    if ring_of(config) is CLINICAL:
        if keys is None and not _is_any_configured(config):
            return None
        folder = KeyFolder.load(config.clinical_key_file)
        return KeyChain(folder, keys) if keys else open_keys_beside(config, folder)
    if keys is None:
        if not _is_any_configured(config):
            return None
        return open_keys_beside(config, current_keys(recording))
    return KeyChain(keys, *_own_of_before(config))


def open_keys_beside(config: Config, current: KeyProvider) -> KeyProvider:
    """Such keys, of which these are the current ones."""
    return KeyChain(current, *keys_beside(config))


def keys_beside(config: Config) -> list[KeyProvider]:
    """Whatever opens clinical records of before, when others were the current ones. Raises
    KeyFileError.
    """
    return [*_own_of_before(config), *earlier_keys(config.recording)]


def _is_any_configured(config: Config) -> bool:
    here = any(is_configured(config.recording, kind) for kind in get_args(KeyKind))
    return here or config.clinical_key_file.exists()


def _own_of_before(config: Config) -> list[KeyProvider]:
    """What was written while recordings were sealed opens with the key file of that time."""
    own = config.clinical_key_file
    return [KeyFolder.load(own)] if ring_of(config) is RECORDINGS and own.exists() else []


async def settle_clinical_keys(
    database: Database, keys: KeyProvider, ring: Ring, now: datetime
) -> None:
    """A server starts: can it read what is there? Raises WrongKey."""
    await refuse_wrong_clinical_key(database, keys, ring)
    if ring is RECORDINGS:
        await settle_keys(database, keys, now)


async def refuse_wrong_clinical_key(database: Database, keys: KeyProvider, ring: Ring) -> None:
    """Raises WrongKey if there are records that need another key, or new ones would."""
    async with database.reading() as tx:
        needed = [await clinical_keys.newest_key_id(tx)]
        if ring is CLINICAL:
            needed.append(await recording_keys.current(tx, ring))
    for key_id in needed:
        if key_id is not None and not await keys.holds(key_id):
            raise WrongKey(
                f"Chat and notes in the database need key {key_id}, but this server has "
                f"{keys.key_id}; put back what holds the right one (clinical.key_file, "
                "recording.key_file, recording.kms_key, recording.pkcs11_key)."
            )
