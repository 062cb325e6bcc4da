"""A backup that is made while a call is recorded, restored on another machine:
the drill of OPERATIONS.md.
"""

import asyncio
import base64
import shutil
import sys
from pathlib import Path

import pytest

from tests.scenarios.playing import decoded
from tests.scenarios.server_process import person, serve
from tests.scenarios.test_recorded_call import call
from tests.support.postgresql import PostgreSQL
from tests.talking import talking

TALK_SECONDS = 3.0

pytestmark = pytest.mark.timeout(400)  # many processes, one after the other


async def carelay(*arguments: str | Path, stdin: str = "") -> tuple[int | None, str]:
    """Exit code and output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "signaling.cli", *map(str, arguments)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(stdin.encode())
    return process.returncode, output.decode()


async def test_a_backup_of_a_running_recorded_call_is_restored_and_played(
    tmp_path: Path, postgresql: PostgreSQL, kind: str
) -> None:
    first, second, backup = tmp_path / "first", tmp_path / "second", tmp_path / "backup"
    urls = ["", ""] if kind == "sqlite" else [await postgresql.empty_database() for _ in range(2)]
    storage = [f'database_url = "{url}"' if url else "" for url in urls]
    config = first / "config.toml"
    async with (
        serve(first, storage=storage[0]) as server,
        call(server, consent=True) as (room_id, provider, patient),
    ):
        await provider.hear("recording_state", state="recording")
        async with talking(provider.client, patient.client) as conversation:
            await conversation.lasts(TALK_SECONDS)
            code, output = await carelay("backup", "--config", config, backup)
            assert code == 0, output
            await conversation.lasts(TALK_SECONDS + 1)
            # Again, onto the first one.
            code, output = await carelay("backup", "--config", config, backup)
            assert code == 0, output
            code, output = await carelay("restore", "--config", config, backup)
            assert (code, "Another carelay server" in output) == (1, True), output
        await server.kill()

    key = (first / "keys" / "recording.key").read_text().splitlines()[1]
    for path in backup.rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes()
        assert path.is_dir() or base64.b64decode(key) not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0

    shutil.copytree(first / "keys", second / "keys")
    text = config.read_text().replace(str(first), str(second))
    (second / "config.toml").write_text(text.replace(urls[0], urls[1]) if urls[0] else text)
    code, output = await carelay("restore", "--config", second / "config.toml", backup)
    assert code == 0, output
    code, output = await carelay("restore", "--config", second / "config.toml", backup)
    assert (code, "nothing is ever overwritten" in output) == (1, True), output

    async with (
        serve(second, storage=storage[1]) as server,
        person(server, "compliance") as compliance,
    ):
        async with asyncio.timeout(30):
            [recording] = (await compliance.get("recordings"))["recordings"]
            while recording["state"] != "recovered":
                await asyncio.sleep(0.1)
                [recording] = (await compliance.get("recordings"))["recordings"]
        played = await decoded(compliance, recording)
        assert set(played) == {"provider", "patient"}
        for pictures, sounds in played.values():
            assert min(pictures, sounds) > TALK_SECONDS - 1.5
        found = await compliance.get(f"calls/{room_id}")
        assert (found["call_status"], found["end_reason"]) == ("failed", "server_restart")
