"""What the audit log tells of a server's start and end, and of the configuration that it runs with:
each key that differs from the last start of any server on this database. Of secrets it says only
whether they are set.
"""

import json
import logging
from collections.abc import Iterator, Mapping

import msgspec

from signaling import shipped
from signaling.config import Config
from signaling.config.file import is_secret, keys
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.errors import StorageError
from storage.rows import properties

log = logging.getLogger(__name__)

SET = "set"


async def note(database: Database, config: Config, node_id: str, clock: Clock) -> None:
    """This server starts. Raises DatabaseUnavailable."""
    now, values = clock.now(), dict(_values(config))
    async with database.transaction() as tx:
        kept = await properties.value(tx, properties.CONFIGURATION)
        await properties.put(tx, properties.CONFIGURATION, json.dumps(values))
        started: Detail = {"node": node_id, "version": shipped.version()}
        await audit.append(tx, entry("server.started", now, None, detail=started))
        for key, before, after in _differences(_read(kept), values):
            detail = {"node": node_id, "key": key, "before": before, "after": after}
            await audit.append(tx, entry("configuration.changed", now, None, detail=detail))


async def note_end(database: Database, node_id: str, clock: Clock) -> None:
    """It stops as it should; one that is killed has no such row."""
    try:
        async with database.transaction() as tx:
            detail = {"node": node_id}
            await audit.append(tx, entry("server.stopped", clock.now(), None, detail=detail))
    except StorageError as error:
        log.warning("the end of this server is not in the audit log: %s", error)


def _differences(
    before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[tuple[str, str | None, str | None]]:
    """A key of another version of carelay has no value on one of the sides."""
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield key, before.get(key), after.get(key)


def _read(kept: str | None) -> Mapping[str, str]:
    """What was kept of the last start; the defaults before the first one, or if it is damaged."""
    try:
        return msgspec.json.decode(kept or "", type=dict[str, str])
    except msgspec.DecodeError:
        return dict(_values(Config()))


def _values(config: Config) -> Iterator[tuple[str, str]]:
    for key, field in keys().items():
        section, _, _ = key.partition(".")
        value = getattr(getattr(config, section), field.name)
        if is_secret(field):
            yield key, SET if value else ""
        else:
            yield key, json.dumps(msgspec.to_builtins(value, enc_hook=str), ensure_ascii=False)
