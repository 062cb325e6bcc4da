"""A server whose recordings are wrapped by a key in a security module, and a film of one."""

from pathlib import Path

import av
import pytest

from storage.audit import key
from storage.vault.keys.hsm import Slot
from tests.scenarios.server_process import person
from tests.scenarios.site import Site, recorded_call, settled
from tests.scenarios.test_backup import carelay
from tests.support.databases import ONE_WILL_DO

pytestmark = [ONE_WILL_DO, pytest.mark.timeout(400)]


async def test_what_a_module_wrapped_is_opened_by_it_and_becomes_a_film(
    tmp_path: Path, database_url: str, hsm_slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, config = Site(tmp_path, database_url), tmp_path / "first" / "config.toml"
    for name, value in {
        "KEYS": "pkcs11",
        "PKCS11_MODULE": hsm_slot.module,
        "PKCS11_TOKEN": hsm_slot.token,
        "PKCS11_KEY": hsm_slot.key,
        "PKCS11_PIN_FILE": hsm_slot.pin_file,
    }.items():
        monkeypatch.setenv(f"CARELAY_RECORDING_{name}", str(value))
    made = await carelay("keys", "create")
    assert made[0] == 0, made
    async with site.server("first") as server, person(server, "compliance") as compliance:
        async with recorded_call(server, "whole") as call:
            await call.conversation.lasts(3)
            await call.provider.post("call/end", room_id=call.room_id)
        recording = await settled(compliance, call.room_id)
        assert recording["state"] == "complete"
        recording_id = recording["recording_id"]
        detail = await compliance.get(f"recordings/{recording_id}")
        assert detail["authenticity"] == "authentic"
    key.create(site.folder / "shared" / "keys" / "audit.key")
    export = tmp_path / "export.zip"
    reason = ("--reason", "asked for by the patient", "--config", config)
    code, output = await carelay("recordings", "export", recording_id, export, *reason)
    assert code == 0, output
    there = ("--output", tmp_path / "plain")
    code, output = await carelay(
        "recordings", "open", export, *there, "--config", config, "--film", "grid"
    )
    assert code == 0, output
    film = tmp_path / "plain" / f"{recording_id[:8]}.mp4"
    assert f"{film}: 100 %" in output
    assert film.stat().st_mode & 0o777 == 0o600
    with av.open(str(film)) as container:
        assert [stream.codec.name for stream in container.streams] == ["h264", "aac"]
        assert container.streams.video[0].width == 1280
        assert (container.duration or 0) > 1_000_000
        assert sum(1 for _ in container.decode(video=0)) > 25
