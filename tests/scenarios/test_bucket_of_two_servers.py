"""Two servers with a folder each, one PostgreSQL and one bucket: what is still with one of them is
lost for nobody, also while that one is dead.
"""

import shutil
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.patience import until
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import Person, ServerProcess, person, serve
from tests.scenarios.site import (
    LEASE_SECONDS,
    closed,
    is_complete,
    recorded_call,
    recording_of,
    recovered,
)
from tests.scenarios.test_backup import carelay
from tests.scenarios.test_bucket import section
from tests.support.objectstore import ObjectServer, Proxy
from tests.support.postgresql import PostgreSQL

TALK_SECONDS = 3.0


async def refusal(compliance: Person, recording_id: str) -> tuple[str, str]:
    """Code of the answer, and which server it names."""
    playback = await compliance.post(f"recordings/{recording_id}/playback", purpose="PATRQT")
    [url, *_] = playback["urls"].values()
    async with compliance.http.get(url) as response:
        assert response.status == 503
        problem = await response.json(content_type=None)
        return problem["code"], problem["parameters"]["node"]


async def test_each_uploads_from_a_folder_of_its_own(
    tmp_path: Path, postgresql: PostgreSQL, object_server: ObjectServer, proxy: Proxy
) -> None:
    url, bucket = await postgresql.empty_database(), object_server.new_bucket()
    storage = f'database_url = "{url}"\nlease_seconds = {LEASE_SECONDS}'

    def server(name: str) -> AbstractAsyncContextManager[ServerProcess]:
        return serve(tmp_path / name, section(tmp_path, bucket, proxy), storage)

    proxy.die()
    async with server("first") as first:
        shutil.copytree(tmp_path / "first" / "keys", tmp_path / "second" / "keys")
        async with server("second") as second, person(second, "compliance") as compliance:
            async with recorded_call(first, "whole") as whole:
                await whole.conversation.lasts(TALK_SECONDS)
                async with person(first, "compliance", "other") as there:
                    await is_complete(whole, there)
            kept = (await recording_of(compliance, whole.room_id))["recording_id"]
            code, node = await refusal(compliance, kept)
            assert (code, str(first.process.pid) in node) == ("recording_not_uploaded", True)
            async with recorded_call(first, "torn") as torn:
                await torn.conversation.lasts(TALK_SECONDS)
                await first.kill()
            await closed(compliance, torn.room_id)
            assert (await recording_of(compliance, torn.room_id))["state"] == "recording"
            _, output = await carelay("doctor", "--config", tmp_path / "second" / "config.toml")
            assert "recordings: 4 parts are with " in output

            proxy.rise()
            async with server("first"):
                recording = await recovered(compliance, torn.room_id)
                await until(lambda: len(object_server.keys(bucket)) == 4)
                await until(lambda: not list(tmp_path.rglob("*.part")))
                for each in (recording, {"recording_id": kept}):
                    for pictures, sounds in (await decoded(compliance, each)).values():
                        assert min(pictures, sounds) > TALK_SECONDS - 2.5
            assert await second.stop() == 0
