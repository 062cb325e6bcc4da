"""A recorded call that ends up in a bucket: the store is dead at first, the server is killed in the
middle of an upload, and in the end nothing is left in the folder, all of it plays, and what is
erased is gone from the bucket as well.
"""

import asyncio
import shutil
from pathlib import Path
from zipfile import ZipFile

from storage.audit import key
from tests.patience import until
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import API, Person, person, serve
from tests.scenarios.test_backup import carelay
from tests.scenarios.test_erasure import listed, parts, played, record
from tests.support.databases import ONE_WILL_DO
from tests.support.objectstore import ObjectServer, Proxy, credentials_file
from tests.support.postgresql import PostgreSQL


async def seek(compliance: Person, recording_id: str) -> None:
    """The end of a part is what it is in the whole."""
    playback = await compliance.post(f"recordings/{recording_id}/playback", purpose="PATRQT")
    for url in playback["urls"].values():
        async with compliance.http.get(url) as response:
            whole = await response.read()
        half = len(whole) // 2
        async with compliance.http.get(url, headers={"Range": f"bytes={half}-"}) as response:
            assert (response.status, await response.read()) == (206, whole[half:])


async def is_known_to_commands(config: Path, bucket: str, recording_id: str) -> None:
    """Beside the server, of whose two recordings nothing is in its folder."""
    key.create(config.with_name("keys") / "audit.key")
    export = config.with_name("export.zip")
    arguments = ("--reason", "a copy", "--config", config)
    code, output = await carelay("recordings", "export", recording_id, export, *arguments)
    assert code == 0, output
    assert sum(name.endswith(".part") for name in ZipFile(export).namelist()) == 2
    code, output = await carelay("backup", "--config", config, config.parent.parent / "backup")
    assert code == 0, output
    assert f"names 4 objects, which stay in {bucket}" in output
    code, output = await carelay("recordings", "verify", "--config", config)
    assert (code, output.count("as it was written")) == (0, 2), output


async def test_a_server_stops_in_the_middle_of_an_upload(
    tmp_path: Path, object_server: ObjectServer, proxy: Proxy
) -> None:
    more = section(tmp_path, object_server.new_bucket(), proxy)
    proxy.stalls = lambda line: line.startswith("PUT") and ".part" in line
    async with serve(tmp_path / "server", more) as server:
        await record(server)
        await until(lambda: any("PUT" in line and ".part" in line for line in proxy.seen))
        async with asyncio.timeout(20):
            assert await server.stop() == 0
    assert len(list((tmp_path / "server").rglob("*.part"))) == 2


def section(folder: Path, bucket: str, proxy: Proxy) -> str:
    """Of the configuration."""
    return (
        f'[objects]\nbucket = "{bucket}"\nendpoint = "{proxy.url}"\nprefix = "clinic"\n'
        f'credentials_file = "{credentials_file(folder)}"\n'
    )


@ONE_WILL_DO
async def test_a_recorded_call_ends_up_in_the_bucket(
    tmp_path: Path,
    postgresql: PostgreSQL,
    kind: str,
    object_server: ObjectServer,
    proxy: Proxy,
) -> None:
    folder, bucket = tmp_path / "server", object_server.new_bucket(versions=True)
    storage = f'database_url = "{await postgresql.empty_database()}"' if kind != "sqlite" else ""
    more = section(tmp_path, bucket, proxy)
    config = folder / "config.toml"
    proxy.die()
    async with (
        serve(folder, more, storage) as server,
        person(server, "compliance") as compliance,
    ):
        await record(server)
        [recording_id] = await listed(compliance)
        assert len(parts(folder, recording_id)) == 2
        assert await played(compliance, recording_id) == {"provider", "patient"}
        proxy.stalls = lambda line: line.startswith("PUT") and ".part" in line
        proxy.rise()
        await until(lambda: any("PUT" in line and ".part" in line for line in proxy.seen))
        await server.kill()
    assert len(parts(folder, recording_id)) == 2
    proxy.heal()

    async with (
        serve(folder, more, storage) as server,
        person(server, "compliance") as compliance,
    ):
        await until(lambda: not parts(folder, recording_id))
        assert len(object_server.keys(bucket)) == 2
        assert await played(compliance, recording_id) == {"provider", "patient"}
        await seek(compliance, recording_id)
        await record(server)
        recordings = await listed(compliance)
        [other] = set(recordings) - {recording_id}
        await until(lambda: len(object_server.keys(bucket)) == 4)
        code, output = await carelay("doctor", "--config", config)
        assert "writes, reads, compares and deletes" in output, output

        await is_known_to_commands(config, bucket, recording_id)

        proxy.die()
        code, output = await carelay("recordings", "verify", other, "--config", config)
        assert (code, "cannot be reached" in output) == (1, True), output
        why = {"purpose": "PATRQT"}
        async with compliance.http.post(f"{API}/recordings/{other}/playback", json=why) as response:
            assert response.status == 200
            [url, *_] = (await response.json())["urls"].values()
        async with compliance.http.get(url) as response:
            assert (response.status, (await response.json(content_type=None))["code"]) == (
                503,
                "recording_store_away",
            )
        proxy.rise()
        await compliance.post(f"recordings/{recording_id}/erase", reason="Asked for")
        await until(lambda: len(object_server.keys(bucket)) == 2)
        assert set(await decoded(compliance, {"recording_id": other})) == {"provider", "patient"}
        assert await server.stop() == 0


async def test_a_restored_server_plays_what_stayed_in_the_bucket_and_what_waited(
    tmp_path: Path, object_server: ObjectServer, proxy: Proxy
) -> None:
    first, second, backup = tmp_path / "first", tmp_path / "second", tmp_path / "backup"
    bucket = object_server.new_bucket()
    more, config = section(tmp_path, bucket, proxy), first / "config.toml"
    async with serve(first, more) as server, person(server, "compliance") as compliance:
        await record(server)
        await until(lambda: len(object_server.keys(bucket)) == 2)
        [uploaded] = await listed(compliance)
        await until(lambda: not parts(first, uploaded))
        proxy.die()
        await record(server)
        [waiting] = set(await listed(compliance)) - {uploaded}
        code, output = await carelay("backup", "--config", config, backup)
        assert code == 0, output
        assert len(list(backup.rglob("*.part"))) == 2
        proxy.rise()  # it is uploaded after the backup
        await until(lambda: not parts(first, waiting))
        assert await server.stop() == 0

    shutil.copytree(first / "keys", second / "keys")
    (second / "config.toml").write_text(config.read_text().replace(str(first), str(second)))
    code, output = await carelay("restore", "--config", second / "config.toml", backup)
    assert code == 0, output
    assert "2 parts are in a bucket still" in output
    sent = len([line for line in proxy.seen if line.startswith("PUT")])
    async with serve(second, more) as server, person(server, "compliance") as compliance:
        for recording_id in (uploaded, waiting):
            assert await played(compliance, recording_id) == {"provider", "patient"}
        await until(lambda: not parts(second, waiting))
        assert len([line for line in proxy.seen if line.startswith("PUT")]) == sent
        assert await played(compliance, waiting) == {"provider", "patient"}
        assert await server.stop() == 0
