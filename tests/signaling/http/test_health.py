"""Whether the process answers, and whether calls can be made and recorded."""

import asyncio
import resource
import threading

import pytest

from signaling.ops import readiness
from storage.errors import DatabaseUnavailable
from storage.rows import properties
from storage.vault.place import MARKER
from tests.patience import PATIENCE
from tests.signaling.conftest import Site


async def test_health_and_readiness(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async with site.client.get("/healthz") as response:
        assert await response.json() == {"status": "ok"}
    async with site.client.get("/readyz") as response:
        assert (response.status, (await response.json())["ready"]) == (200, True)


async def checks_of(site: Site) -> dict[str, str]:
    async with site.client.get("/readyz") as response:
        body = await response.json()
        assert response.status == (200 if body["ready"] else 503)
        checks: dict[str, str] = body["checks"]
        return checks


async def test_a_full_disk_is_not_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files end at 100 bytes: the same errors of the same calls as on a full disk."""
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    assert await checks_of(site) == {"database": "ok", "recording": "ok"}
    await site.clock.advance(1)  # what does not change is not written
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        found = await checks_of(site)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found == {"database": "cannot be reached or written", "recording": "cannot be written"}
    assert await checks_of(site) == {"database": "ok", "recording": "ok"}
    assert [path.name for path in site.services.config.recordings_path.iterdir()] == [MARKER], (
        "the probe is removed"
    )


async def test_recordings_that_are_not_mounted_are_not_ready_and_only_the_log_tells_where_they_were(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    folder = site.services.config.recordings_path
    folder.rename(folder.with_name("volume"))
    for _ in range(3):
        assert (await checks_of(site))["recording"] == "is not there"
    assert (
        caplog.text.count(f"not ready: recording is not there: The folder {folder} is not where")
        == 1
    )
    folder.with_name("volume").rename(folder)
    assert (await checks_of(site))["recording"] == "ok"


async def test_what_a_database_says_of_itself_is_told_to_the_log_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    said = 'password authentication failed for user "carelay_live" at 10.1.2.3'

    async def refuse(*_: object) -> None:
        raise DatabaseUnavailable(said)

    monkeypatch.setattr(properties, "put", refuse)
    assert (await checks_of(site))["database"] == "cannot be reached or written"
    assert said in caplog.text


async def test_many_questions_whether_it_is_ready_write_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", PATIENCE)

    async def rows() -> str | None:
        async with site.services.database.reading() as tx:
            return await properties.value(tx, properties.PROBED_AT)

    await checks_of(site)
    first = await rows()
    await site.clock.advance(1)
    await asyncio.gather(*(checks_of(site) for _ in range(20)))
    assert await rows() == first is not None


async def test_a_disk_that_hangs_is_not_ready_and_is_not_asked_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.2)
    released, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        released.wait(60)

    monkeypatch.setattr(site.services.recordings.archive.place, "probe", hang)
    try:
        for _ in range(3):
            assert (await checks_of(site))["recording"] == "does not answer"
        assert len(asked) == 1
    finally:
        released.set()
