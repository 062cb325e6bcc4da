"""carelay doctor: each trouble is found and comes with advice."""

import asyncio
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from signaling import config
from signaling.config import Config
from signaling.config.sections import Clinical
from signaling.kernel import tls
from signaling.ops.doctor.certificate import look_at_certificate
from signaling.ops.doctor.finding import Finding
from signaling.ops.doctor.network import (
    look_at_addresses,
    look_at_buffers,
    look_at_ports,
    look_at_secure_context,
)
from signaling.ops.doctor.objects import look_at_bucket, look_at_checkpoints
from signaling.ops.doctor.platform import look_at_token_roles
from signaling.ops.doctor.run import examine, look_safely
from signaling.ops.doctor.storage import (
    look_at_clinical_key,
    look_at_database,
    look_at_folders,
    look_at_key,
    look_at_modes,
)
from storage.database import Database
from storage.people import users
from storage.recordings import recording_keys
from storage.recordings.recording_keys import CLINICAL, Rotation
from storage.rows import properties
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.sealed import PrivateKey, create_public
from tests.signaling.conftest import configuration
from tests.signaling.kernel.test_tls import NAMES, NOW
from tests.signaling.manual_clock import START
from tests.signaling.terminal import Carelay, free_port
from tests.support.objectstore import ObjectServer, Proxy, credentials_file


def levels(findings: Iterable[Finding]) -> list[str]:
    """Levels; what is not ok has advice."""
    found = list(findings)
    assert all((finding.level == "ok") == (not finding.advice) for finding in found), found
    return [finding.level for finding in found]


def test_a_fresh_installation_has_no_problem_and_a_missing_key_is_one(carelay: Carelay) -> None:
    done = carelay("doctor")
    assert done.code == 1
    assert "PROBLEM  key file:" in done.output
    assert "`carelay keys create` makes one" in done.output
    assert "PROBLEM  audit key:" in done.output
    assert done.output.endswith("2 problems found.\n")
    carelay("keys", "create")
    done = carelay("doctor")
    assert (done.code, done.output.rpartition("\n\n")[2]) == (0, "No problems found.\n")
    assert not Path("data/carelay.sqlite3").exists(), "the doctor changes nothing"


async def test_the_database_is_new_current_foreign_or_away(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    assert levels(await look_at_database(settings)) == ["note"]
    await (await Database.open(settings.database_url)).close()
    assert levels(await look_at_database(settings)) == ["ok"] * 4
    url = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none"
    away = configuration(
        tmp_path, storage=config.Storage(data_path=tmp_path / "data", database_url=url)
    )
    assert levels(await look_at_database(away)) == ["problem"]


def test_a_key_file_that_others_can_read_is_a_problem(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    assert look_at_key(settings).level == "ok"
    settings.recording.key_file.chmod(0o644)
    found = look_at_key(settings)
    assert found.level == "problem"
    assert "other users of this machine can read" in found.text
    assert "(mode 644)" in found.text
    assert found.advice.startswith(f"run: chmod 600 {settings.recording.key_file};")
    assert "put the right file back" not in str(found)


async def test_a_clinical_key_with_which_the_server_would_not_start_is_a_problem(
    tmp_path: Path,
) -> None:
    public, own = tmp_path / "recording.pub", tmp_path / "clinical.key"
    create_public(public, PrivateKey.new().public)
    sealed = config.Recording(keys="sealed", public_key_file=public)
    settings = configuration(tmp_path, recording=sealed, clinical=Clinical(key_file=own))
    missing = look_at_clinical_key(settings)
    assert (missing.level, missing.advice) == ("problem", "`carelay keys create` makes one")
    KeyFile.create(own)
    assert look_at_clinical_key(settings).level == "ok"
    folder = KeyFolder.load(own)
    database = await Database.open(settings.database_url)
    async with database.transaction() as tx:
        rotation = Rotation(folder.key_id, folder.make_next().key_id)
        await recording_keys.begin(tx, rotation, CLINICAL)
    unfinished = [one for one in await look_at_database(settings) if "clinical key" in one.text]
    assert [one.level for one in unfinished] == ["note"]
    assert f"the rotation from key {folder.key_id} to " in unfinished[0].text
    folder.new_path.unlink()
    [lost] = [one for one in await look_at_database(settings) if "clinical key" in one.text]
    assert (lost.level, f"need key {rotation.new}" in lost.text) == ("problem", True)
    await database.close()
    own.chmod(0o644)
    assert look_at_clinical_key(settings).advice.startswith(f"run: chmod 600 {own};")
    beside = configuration(tmp_path, clinical=Clinical(key_file=own))
    assert look_at_clinical_key(beside).level == "problem", "what it wrapped before opens with it"


async def test_a_rotation_that_broke_off_and_a_key_that_was_left_are_noted(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    keys = KeyFolder.load(settings.recording.key_file)
    database = await Database.open(settings.database_url)
    async with database.transaction() as tx:
        await recording_keys.begin(tx, Rotation(keys.key_id, keys.make_next().key_id))
    found = (await look_at_database(settings))[1]
    assert found.level == "note"
    assert found.text.startswith(f"key file: the rotation from key {keys.key_id} to ")
    assert found.advice.endswith("run `carelay keys rotate` again")
    async with database.transaction() as tx:
        await recording_keys.finish(tx)
    await database.close()
    keys.advance()
    found = (await look_at_database(settings))[1]
    assert found.level == "note"
    assert "recording.key.retired-" in found.text
    assert "nothing here needs it" in found.text


async def test_another_public_key_under_the_id_of_the_one_before_is_told(tmp_path: Path) -> None:
    key, public = PrivateKey.new().public, tmp_path / "recording.pub"
    create_public(public, key)
    settings = configuration(
        tmp_path, recording=config.Recording(keys="sealed", public_key_file=public)
    )
    database = await Database.open(settings.database_url)
    async with database.transaction() as tx:
        assert await recording_keys.note_sealing(tx, key)
    assert not [one for one in await look_at_database(settings) if "public key" in one.text]
    async with database.transaction() as tx:
        await properties.put(tx, properties.sealing_key(key.key_id), "another")
    await database.close()
    [found] = [one for one in await look_at_database(settings) if "public key" in one.text]
    assert (found.level, key.key_id in found.text) == ("problem", True)


def test_a_server_that_seals_has_a_public_key_and_no_private_one(tmp_path: Path) -> None:
    public = tmp_path / "recording.pub"
    settings = configuration(
        tmp_path, recording=config.Recording(keys="sealed", public_key_file=public)
    )
    assert "`carelay keys create-sealed` makes one" in look_at_key(settings).advice
    key = PrivateKey.new().public
    create_public(public, key)
    found = look_at_key(settings)
    assert found.level == "ok"
    assert f"seals as {key.key_id}" in found.text
    (tmp_path / "recording.private").touch()
    found = look_at_key(settings)
    assert found.level == "problem"
    assert "the private key lies beside it" in found.text


async def test_a_bucket_is_tried_out_and_has_to_be_the_one_of_before(
    tmp_path: Path, object_server: ObjectServer, proxy: Proxy
) -> None:
    name = object_server.new_bucket(versions=True)
    section = config.Objects(
        bucket=name, endpoint=proxy.url, credentials_file=credentials_file(tmp_path)
    )
    asked = msgspec.structs.replace(configuration(tmp_path), objects=section)

    async def looked() -> list[Finding]:
        """It makes an event loop of its own."""
        return await asyncio.to_thread(lambda: list(look_at_bucket(asked)))

    database = await Database.open(asked.database_url)
    [found] = await looked()
    assert (found.level, object_server.keys(name)) == ("ok", set())
    async with database.transaction() as tx:
        await properties.put(tx, properties.RECORDINGS_BUCKET, "another")
    assert "no object carelay-recordings that holds another" in (await looked())[1].text
    await database.close()
    for marks, words in (("PUT", "writing: "), ("GET", "reading: "), ("DELETE", "deleting: ")):
        proxy.refuses = lambda line, marks=marks: (  # type: ignore[misc]
            403 if line.startswith(marks) and "doctor" in line else None
        )
        [found] = await looked()
        assert found.level == "problem"
        assert words in found.text
    proxy.die()
    assert "cannot be reached" in (await looked())[0].text
    proxy.rise()
    kept = msgspec.structs.replace(
        asked,
        audit=config.Audit(bucket=name),
        objects=msgspec.structs.replace(section, bucket=""),
    )
    [found] = list(look_at_checkpoints(kept))
    assert (found.level, found.text.endswith("keeps checkpoints")) == ("ok", True)
    plain = msgspec.structs.replace(section, credentials_file=tmp_path / "nowhere")
    asked = msgspec.structs.replace(asked, objects=plain)
    assert "cannot be read" in (await looked())[0].text


def test_secrets_that_everybody_can_read_are_noted(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    settings = configuration(tmp_path, jwt=config.Jwt(secret_file=secret))
    assert levels(look_at_modes(settings)) == []
    secret.chmod(0o644)
    assert levels(look_at_modes(settings)) == ["note"]
    told = [finding.text for finding in examine(settings, NOW)]
    assert any(text.startswith("jwt.secret_file: every user") for text in told)


def test_tokens_that_can_open_recordings_are_noted(tmp_path: Path) -> None:
    assert list(look_at_token_roles(configuration(tmp_path))) == []
    bearer = config.Jwt(issuer="p", audience="c", secret="x" * 32)
    (found,) = look_at_token_roles(configuration(tmp_path, jwt=bearer))
    assert (found.level, found.text) == (
        "ok",
        "tokens: those of p are accepted for the roles patient, provider",
    )
    more = msgspec.structs.replace(bearer, roles=("ops", "compliance"))
    (found,) = look_at_token_roles(configuration(tmp_path, jwt=more))
    assert found.level == "note"
    assert "ops, compliance; whoever can sign them can play recordings" in found.text


async def test_people_of_an_issuer_that_is_no_longer_accepted_are_noted(tmp_path: Path) -> None:
    bearer = config.Jwt(issuer="https://new.example", audience="c", secret="x" * 32)
    settings = configuration(tmp_path, jwt=bearer)
    database = await Database.open(settings.database_url)
    async with database.transaction() as tx:
        await users.ensure(tx, "https://new.example", "p-1", role="patient", name="P", now=START)
        await users.create(
            tx, username="elena", name="E", role="provider", password_hash="x", now=START
        )
    assert levels(await look_at_database(settings)) == ["ok"] * 4
    async with database.transaction() as tx:
        await users.ensure(tx, "https://old.example", "p-2", role="patient", name="P", now=START)
    await database.close()
    found = await look_at_database(settings)
    assert levels(found) == ["ok", "note", "ok", "ok", "ok"]
    assert "1 came with tokens of https://old.example" in found[1].text
    assert "carelay users issuer" in found[1].advice
    assert levels(await look_at_database(configuration(tmp_path))) == ["ok"] * 4, (
        "tokens are not accepted at all"
    )


def test_a_data_folder_that_everybody_can_open_is_noted(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    settings.storage.data_path.mkdir(mode=0o755)
    assert [finding.level for finding in look_at_folders(settings)][:2] == ["note", "ok"]


def test_a_port_that_is_taken_and_an_address_that_is_not_ours_are_told(tmp_path: Path) -> None:
    with socket.socket() as taken, socket.socket(type=socket.SOCK_DGRAM) as media:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        media.bind(("127.0.0.1", 0))
        server = config.Server(port=taken.getsockname()[1])
        relay = config.Relay(host="127.0.0.1", port=media.getsockname()[1] - 1, engine_threads=2)
        found = look_at_ports(configuration(tmp_path, server=server, relay=relay))
        assert levels(found) == ["problem", "ok", "problem"]
    elsewhere = configuration(tmp_path, relay=config.Relay(host="203.0.113.1"))
    assert levels(look_at_ports(elsewhere))[1] == "problem"


def test_small_buffers_are_noted(tmp_path: Path) -> None:
    (tmp_path / "rmem_max").write_text("212992\n")
    assert levels(look_at_buffers(tmp_path / "rmem_max")) == ["note"]
    (tmp_path / "rmem_max").write_text("16777216\n")
    assert levels(look_at_buffers(tmp_path / "rmem_max")) == ["ok"]
    assert levels(look_at_buffers(tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("relay", "level", "words"),
    [
        (config.Relay(announced_addresses=("8.8.8.8",)), "ok", "from the internet"),
        (config.Relay(announced_addresses=("192.168.1.5",)), "note", "from this network only"),
        (config.Relay(host="127.0.0.1"), "note", "from this machine only"),
        (config.Relay(announced_addresses=("0.0.0.0",)), "problem", "nobody's address"),
        (
            config.Relay(host="::", announced_addresses=("8.8.8.8", "2a00:1::1")),
            "ok",
            "from the internet",
        ),
    ],
)
def test_announced_addresses_are_judged_by_who_can_reach_them(
    relay: config.Relay, level: str, words: str
) -> None:
    (finding,) = look_at_addresses(Config(relay=relay))
    assert finding.level == level
    assert words in finding.text


def test_an_announced_address_of_a_family_that_is_not_listened_to_is_a_problem() -> None:
    for host, address in (("0.0.0.0", "2a00:1::1"), ("127.0.0.1", "::1"), ("2a00:1::1", "8.8.8.8")):
        relay = config.Relay(host=host, announced_addresses=(address,))
        assert levels(look_at_addresses(Config(relay=relay)))[0] == "problem"


@pytest.mark.parametrize(
    ("server", "level"),
    [
        (config.Server(), "note"),
        (config.Server(host="0.0.0.0"), "problem"),
        (config.Server(host="0.0.0.0", public_url="https://video.example.org"), "ok"),
        (
            config.Server(host="0.0.0.0", tls_certificate_file=Path("c"), tls_key_file=Path("k")),
            "ok",
        ),
    ],
)
def test_browsers_open_no_camera_over_plain_http(server: config.Server, level: str) -> None:
    assert look_at_secure_context(Config(server=server)).level == level


def test_a_certificate_is_judged_by_dates_names_and_key(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path, [*NAMES, "video.example.org"], NOW)
    server = config.Server(
        tls_certificate_file=certificate, tls_key_file=key, public_url="https://video.example.org"
    )
    settings = Config(server=server)
    assert levels(look_at_certificate(settings, NOW)) == ["ok", "ok"]
    assert levels(look_at_certificate(settings, NOW + timedelta(days=390))) == ["note", "ok"]
    assert levels(look_at_certificate(settings, NOW + timedelta(days=400))) == ["problem", "ok"]
    elsewhere = msgspec.structs.replace(server, public_url="https://other.example.org")
    assert levels(look_at_certificate(Config(server=elsewhere), NOW)) == ["ok", "problem"]
    _, other_key = tls.self_signed(tmp_path / "other", NAMES, NOW)
    mixed = msgspec.structs.replace(server, tls_key_file=other_key)
    assert levels(look_at_certificate(Config(server=mixed), NOW)) == ["problem"]
    assert levels(look_at_certificate(Config(), NOW)) == []


def test_a_look_that_fails_is_told_and_stops_no_other() -> None:
    def look() -> Iterable[Finding]:
        yield Finding("ok", "first")
        raise RuntimeError("the disk burns")

    assert levels(look_safely("disk", look)) == ["ok", "problem"]
