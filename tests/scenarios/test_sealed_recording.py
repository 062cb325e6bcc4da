"""A server that cannot read what it records, killed while it does; the officer's machine can."""

from pathlib import Path

import pytest

from tests.scenarios.playing import seconds_of
from tests.scenarios.server_process import person
from tests.scenarios.site import Site, recorded_call, settled
from tests.scenarios.test_backup import carelay

PASSPHRASE = "known to the officer alone"

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Site:
    return Site(tmp_path, database_url)


async def open_recording(site: Site, recording_id: str) -> str:
    """Exported on the server, and opened elsewhere; what that said."""
    config, export = site.folder / "first" / "config.toml", site.folder / recording_id
    reason = ("--reason", "a complaint", "--config", config)
    code, output = await carelay("recordings", "export", recording_id, export, *reason)
    assert code == 0, output
    for place, complaint in (
        (export, "there is an export in "),
        (site.folder / "officer", "there is something, perhaps half an export, in "),
        (config, "is no folder"),
    ):
        code, again = await carelay("recordings", "export", recording_id, place, *reason)
        assert (code, complaint in again) == (1, True), again
    key = ("--key", site.folder / "officer" / "recording.private")
    plain = ("--output", site.folder / "plain" / recording_id)
    code, output = await carelay(
        "recordings", "open", export, *key, *plain, stdin=f"{PASSPHRASE}\n"
    )
    assert code == 0, output
    return output


async def is_told_that_it_was_changed(site: Site, recording_id: str) -> None:
    """In the middle, where no crash leaves anything."""
    export = site.folder / recording_id
    part = next(export.glob("*.part"))
    content = bytearray(part.read_bytes())
    content[40_000] ^= 1
    part.write_bytes(content)
    key = ("--key", site.folder / "officer" / "recording.private")
    again = ("--output", site.folder / "again")
    code, output = await carelay(
        "recordings", "open", export, *key, *again, stdin=f"{PASSPHRASE}\n"
    )
    assert (code, f"part {part.stem}: " in output) == (1, True), output
    assert "bytes behind its authentic beginning are not authentic" in output


async def test_only_the_officer_opens_what_the_server_recorded(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        async with compliance.http.post(url, json={"purpose": "PATRQT"}) as refused:
            assert (refused.status, (await refused.json())["code"]) == (409, "recording_sealed")
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
