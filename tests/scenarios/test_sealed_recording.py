"""A server that cannot read what it records, killed while it does; the officer's machine can."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from storage.audit import key
from storage.vault.keys.file import KeyFile
from tests.scenarios.playing import seconds_of
from tests.scenarios.server_process import person
from tests.scenarios.site import Site, recorded_call, settled
from tests.scenarios.test_backup import carelay
from tests.support.databases import ONE_WILL_DO

PASSPHRASE = "known to the officer alone"

pytestmark = [ONE_WILL_DO, pytest.mark.timeout(400)]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Site:
    return Site(tmp_path, database_url)


async def open_recording(site: Site, recording_id: str) -> str:
    """Exported on the server, and opened elsewhere; what that said."""
    config, export = site.folder / "first" / "config.toml", site.folder / f"{recording_id}.zip"
    reason = ("--reason", "a complaint", "--config", config)
    code, output = await carelay("recordings", "export", recording_id, export, *reason)
    assert code == 0, output
    code, again = await carelay("recordings", "export", recording_id, export, *reason)
    assert (code, "nothing is ever overwritten" in again) == (1, True), again
    trusted = ("--public-key", site.folder / "shared" / "keys" / "audit.pub")
    code, output = await carelay("recordings", "check", export, *trusted)
    assert (code, "is as the server made it" in output) == (0, True), output
    private = ("--key", site.folder / "officer" / "recording.private")
    plain = ("--output", site.folder / "plain" / recording_id)
    code, output = await carelay(
        "recordings", "open", export, *private, *plain, stdin=f"{PASSPHRASE}\n"
    )
    assert code == 0, output
    return output


async def is_told_that_it_was_changed(site: Site, recording_id: str) -> None:
    """In the middle, where no crash leaves anything."""
    export = site.folder / f"{recording_id}.zip"
    part = next(name for name in ZipFile(export).namelist() if name.endswith(".part"))
    content = bytearray(export.read_bytes())
    content[content.index(b"carelay\x01") + 40_000] ^= 1
    export.write_bytes(content)
    private = ("--key", site.folder / "officer" / "recording.private")
    again = ("--output", site.folder / "again")
    code, output = await carelay(
        "recordings", "open", export, *private, *again, stdin=f"{PASSPHRASE}\n"
    )
    assert (code, f"{part} was changed: " in output) == (1, True), output
    assert f"part {Path(part).stem}: " in output
    assert "bytes behind its authentic beginning are not authentic" in output


async def test_only_the_officer_opens_what_the_server_recorded(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    key.create(site.folder / "shared" / "keys" / "audit.key")
    KeyFile.create(site.folder / "shared" / "keys" / "clinical.key")
    officer = site.folder / "officer"
    made = await carelay("keys", "create-sealed", officer, stdin=f"{PASSPHRASE}\n")
    assert made[0] == 0, made
    monkeypatch.setenv("CARELAY_RECORDING_KEYS", "sealed")
    monkeypatch.setenv("CARELAY_RECORDING_PUBLIC_KEY_FILE", str(officer / "recording.pub"))
    async with site.server("first") as server, person(server, "compliance") as compliance:
        async with recorded_call(server, "whole") as whole:
            await whole.conversation.lasts(2)
            await whole.provider.post("call/end", room_id=whole.room_id)
        complete = await settled(compliance, whole.room_id)
        assert complete["state"] == "complete"
        url = f"/api/v1/telemedicine/recordings/{complete['recording_id']}/playback"
        async with compliance.http.post(url, json={"purpose": "PATRQT"}) as answer:
            playback = await answer.json()
            assert (playback["urls"], len(playback["sealed"]["parts"])) == ({}, 2)
        async with recorded_call(server, "torn") as torn:
            await torn.conversation.lasts(4)
            await server.kill()
    async with site.server("first") as server, person(server, "compliance") as compliance:
        left = await settled(compliance, torn.room_id)
        assert left["state"] == "torn"
        assert "cut off" not in await open_recording(site, complete["recording_id"])
        assert "cut off by a crash" in await open_recording(site, left["recording_id"])
        log = (await compliance.get(f"recordings/{left['recording_id']}"))["access_log"]
        [access] = [entry for entry in log if entry["action"] == "recording.exported"]
        assert access["detail"]["reason"] == "a complaint"
    await is_told_that_it_was_changed(site, left["recording_id"])
    for recording, least in ((complete, 1), (left, 1)):
        files = list((site.folder / "plain" / recording["recording_id"]).iterdir())
        assert len(files) == 2
        for file in files:
            assert min(seconds_of(file.read_bytes())) > least
