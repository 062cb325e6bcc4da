"""The audit log says when a server started, and with which configuration; never a secret."""

import re
from pathlib import Path

import msgspec

from signaling import config
from signaling.cluster.starts import note
from signaling.config import Config
from signaling.config.file import is_secret, keys
from signaling.services import opened
from storage.audit import AuditEvent
from storage.database import Database
from storage.rows import properties
from tests.signaling.conftest import configuration
from tests.signaling.manual_clock import ManualClock
from tests.support.stored import all_events


async def changes(database: Database, settings: Config) -> list[AuditEvent]:
    """What the log says of a start with that configuration."""
    before = len(await all_events(database))
    await note(database, settings, "node", ManualClock())
    started, *changed = (await all_events(database))[before:]
    assert (started.action, started.detail["node"]) == ("server.started", "node")
    assert {event.action for event in changed} <= {"configuration.changed"}
    return changed


async def test_each_key_that_differs_from_the_last_start_is_told(database_url: str) -> None:
    database = await Database.open(database_url)
    settings = Config(
        calls=config.Calls(warning_minutes=3), jwt=config.Jwt(secret="s3cr3t of the platform")
    )
    told = [
        (event.detail["key"], event.detail["before"], event.detail["after"])
        for event in await changes(database, settings)
    ]
    assert told == [("calls.warning_minutes", "5", "3"), ("jwt.secret", "", "set")]
    assert await changes(database, settings) == []
    [event] = await changes(
        database, msgspec.structs.replace(settings, calls=config.Calls(ring_timeout_seconds=45))
    )
    assert (event.detail["before"], event.detail["after"]) == ("3", "5")
    async with database.transaction() as tx:
        assert "s3cr3t" not in str(await properties.value(tx, properties.CONFIGURATION))
        await properties.put(tx, properties.CONFIGURATION, "damaged")
    assert [event.detail["key"] for event in await changes(database, settings)] == [
        "calls.warning_minutes",
        "jwt.secret",
    ]
    await database.close()


def test_what_is_named_like_a_secret_is_one() -> None:
    secrets = {key for key, field in keys().items() if is_secret(field)}
    named = re.compile("(secret|password|credential|authorization|[._]url)$")
    public = {"server.public_url", "jwt.jwks_url", "intake.url"}
    assert secrets == {key for key in keys() if named.search(key)} - public


async def test_a_stop_is_told_as_well(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    async with opened(settings):
        pass
    database = await Database.open(settings.database_url)
    assert (await all_events(database))[-1].action == "server.stopped"
    await database.close()
