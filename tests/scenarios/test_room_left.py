"""Before it rings, a provider is told where a disk has no room for the longest call."""

from pathlib import Path

import pytest

from tests.scenarios.server_process import person, started

MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'
"""A disk of that size, which nobody but the server sees."""


@pytest.mark.parametrize(
    ("size", "minutes", "voice"),
    [
        ("605m", 2, 50),  # 93 MB beyond the reserve, at 2 x 2628 and 2 x 128 kbit/s
        ("720m", 5, None),
        ("6g", None, None),
    ],
)
async def test_there_is_room_for_so_many_minutes_or_for_the_longest_call(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: str,
    minutes: int | None,
    voice: int | None,
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setenv("RECORDING_STORAGE_PATH", str(disk))
    namespace = ("unshare", "--user", "--map-root-user", "--mount")
    within = (*namespace, "sh", "-c", MOUNT, "sh", size, str(disk))
    async with started(tmp_path / "server", within=within) as server:
        await server.ready()
        async with (
            person(server, "provider") as provider,
            person(server, "patient") as patient,
        ):
            await patient.hear("welcome")
            settings = await provider.get("settings")
            assert settings["recording_available"] is True
            assert settings["recording_minutes_left"] == minutes
            assert settings["recording_audio_minutes_left"] == voice
            for body, left in (
                ({"recording_enabled": True}, minutes),
                ({"recording_enabled": True, "audio_only": True}, voice),
                ({"recording_enabled": False}, None),
            ):
                call = await provider.post("call/initiate", patient_id="patient", **body)
                assert call["recording_minutes_left"] == left
                await provider.post("call/end", room_id=call["room_id"])
        assert await server.stop() == 0
