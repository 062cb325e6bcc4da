"""The carelay command: what it prints, what it leaves behind,
and one line for whatever is wrong.
"""

import asyncio
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from signaling import shipped
from storage.calls import telemedicine_sessions
from storage.cluster import nodes
from storage.database import Database
from storage.ids import new_id
from storage.models import AuditRow, ClinicalKey, Recording
from storage.people import users
from storage.recordings import recordings
from storage.vault.keys import sealed
from storage.vault.keys.file import KeyFile
from storage.words import AuditAction
from tests.signaling.manual_clock import START
from tests.signaling.terminal import Carelay, free_port
from tests.support.platform import ISSUER
from tests.support.postgresql import PostgreSQL

SECONDS = 60


async def open_database() -> Database:
    return await Database.open("sqlite+aiosqlite:///data/carelay.sqlite3")


# --- keys


def test_a_key_is_made_once_and_never_overwritten(carelay: Carelay) -> None:
    key = Path("keys/recording.key")
    assert carelay("keys", "create", "--if-missing").code == 0
    content = key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert carelay("keys", "create", "--if-missing").code == 0
    assert "never overwritten" in carelay("keys", "create").refusal
    assert key.read_bytes() == content
    key.write_text("damaged")
    assert "not a carelay key file" in carelay("keys", "create", "--if-missing").refusal


def test_no_new_key_is_made_where_recordings_need_the_old_one(carelay: Carelay) -> None:
    asyncio.run(add_recording(key_id="1234567890abcdef"))
    for arguments in ((), ("--if-missing",)):
        line = carelay("keys", "create", *arguments).refusal
        assert "there are recordings or clinical records that need key 1234567890abcdef" in line
    assert not Path("keys").exists()


def test_the_server_does_not_start_with_another_key_than_its_recordings_need(
    carelay: Carelay,
) -> None:
    assert carelay("keys", "create").code == 0
    asyncio.run(add_recording(key_id="1234567890abcdef"))
    assert "The recordings in the database need key 1234567890abcdef" in carelay("serve").refusal


def test_a_key_is_rotated_and_says_where_the_old_one_is(carelay: Carelay) -> None:
    carelay("keys", "create")
    assert "start the server once" in carelay("keys", "rotate").refusal
    old = KeyFile.load(Path("keys/recording.key")).key_id
    asyncio.run(add_recording(key_id=old))
    done = carelay("keys", "rotate")
    assert done.code == 1, "the recording's key cannot be opened"
    assert "stays as it is: The key file" in done.errors
    assert f"Key {old}, in keys/recording.key.retired-{old}, opens none of them" in done.output
    new = KeyFile.load(Path("keys/recording.key")).key_id
    assert f"keys/recording.key holds key {new} now" in done.output
    assert new != old


def test_a_new_key_may_be_made_where_only_a_rotation_without_recordings_knew_another(
    carelay: Carelay,
) -> None:
    carelay("keys", "create")
    asyncio.run(open_and_close())
    assert carelay("keys", "rotate").code == 0
    Path("keys/recording.key").unlink()
    assert carelay("keys", "create").code == 0
    assert carelay("keys", "rotate").code == 0


async def open_and_close() -> None:
    await (await open_database()).close()


def test_a_key_to_seal_to_is_made_once_with_a_passphrase_and_leaves_its_private_half_out(
    carelay: Carelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "SCRYPT_COST", 2**10)
    create = ("keys", "create-sealed", "officer")
    assert "at least 12 characters" in carelay(*create, stdin="too short\n").refusal
    assert not Path("officer").exists()
    done = carelay(*create, stdin="a long passphrase\n")
    public = sealed.PublicKey.load(Path("officer/recording.pub"))
    assert f"Made the private key {public.key_id} in officer/recording.private" in done.output
    assert f"The digest of its public half is {public.digest}" in done.output
    private = sealed.load_private(Path("officer/recording.private"), "a long passphrase")
    assert private.public == public
    assert "never overwritten" in carelay(*create, stdin="a long passphrase\n").refusal
    monkeypatch.setenv("CARELAY_RECORDING_KEYS", "sealed")
    line = carelay("serve").refusal
    assert "recording.public_key_file (default)" in line
    assert "`carelay keys create-sealed` makes one, on another machine" in line
    monkeypatch.setenv("CARELAY_RECORDING_PUBLIC_KEY_FILE", "officer/recording.pub")
    line = carelay("serve").refusal
    assert "clinical.key_file (default)" in line
    assert "chat and notes need a key of their own; `carelay keys create` makes one" in line
    assert "Made the key of chat and notes" in carelay("keys", "create").output
    assert not Path("keys/recording.key").exists(), "it is of no use"
    before = KeyFile.load(Path("keys/clinical.key")).key_id
    assert carelay("keys", "create", "--if-missing").code == 0
    asyncio.run(open_and_close())
    told = carelay("keys", "rotate").output
    assert "Recordings are sealed" in told
    after = KeyFile.load(Path("keys/clinical.key")).key_id
    assert after != before
    assert f"keys/clinical.key holds key {after} now" in told


async def add_note(key_id: str) -> None:
    database = await open_database()
    async with database.transaction() as tx:
        row = ClinicalKey(id="n", kind="note", wrapped_key=b"w", key_id=key_id, created_at=START)
        tx.add(row)
    await database.close()


def test_a_key_of_notes_is_made_beside_that_of_recordings_and_one_of_recordings_beside_that(
    carelay: Carelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    carelay("keys", "create")
    key, clinical = Path("keys/recording.key"), Path("keys/clinical.key")
    asyncio.run(add_note(KeyFile.load(key).key_id))
    monkeypatch.setenv("CARELAY_RECORDING_KEYS", "sealed")
    key.rename("aside")
    assert "put that key file back as" in carelay("keys", "create").refusal
    Path("aside").rename(key)
    assert "Made the key of chat and notes" in carelay("keys", "create").output
    asyncio.run(wrap_notes_by(KeyFile.load(clinical).key_id))
    monkeypatch.delenv("CARELAY_RECORDING_KEYS")
    key.unlink()
    assert "Made the recording key" in carelay("keys", "create").output


async def wrap_notes_by(key_id: str) -> None:
    database = await open_database()
    async with database.transaction() as tx:
        await tx.execute(update(ClinicalKey).values(key_id=key_id))
    await database.close()


def test_a_restored_backup_names_each_key_file_that_is_not_here(
    carelay: Carelay, tmp_path: Path
) -> None:
    carelay("keys", "create")
    key = Path("keys/recording.key")
    of_recordings = KeyFile.load(key).key_id
    asyncio.run(add_recording(key_id=of_recordings))
    asyncio.run(add_note("1234567890abcdef"))
    assert carelay("backup", str(tmp_path / "backup")).code == 0
    shutil.move("data", "before")
    told = carelay("restore", str(tmp_path / "backup")).output
    lacks = "Neither keys/recording.key nor keys/clinical.key (of chat and notes, where recordings"
    assert f"{lacks} are sealed) holds 1234567890abcdef" in told
    assert f"holds {of_recordings}" not in told


def test_exports_need_a_reason_and_a_recording(carelay: Carelay) -> None:
    assert carelay("keys", "create").code == 0
    asyncio.run(open_and_close())
    export = ("recordings", "export", "77aa", "out.zip")
    for wrong in (export, (*export, "--reason", " ")):
        with pytest.raises(SystemExit):
            carelay(*wrong)
    why = (*export, "--reason", "why")
    assert "there is no recording 77aa" in carelay(*why).refusal
    two = {"CARELAY_RECORDING_UNLOCK": "two_person"}
    assert "name the approval with --approval" in carelay(*why, **two).refusal
    assert "there is no approval 1" in carelay(*why, "--approval", "1", **two).refusal
    alone = carelay(*why, "--without-approval", **two)
    assert "there is no recording 77aa" in alone.refusal, "it may, and the log would say so"
    assert not Path("out.zip").exists()
    Path("out.zip").touch()
    assert "nothing is ever overwritten" in carelay(*export, "--reason", "why").refusal


def test_servers_with_keys_of_their_own_get_the_next_one_first(
    carelay: Carelay, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was prepared is what all of them rotate to, whoever begins."""
    url = asyncio.run(postgresql.new_database())
    monkeypatch.setenv("CARELAY_STORAGE_DATABASE_URL", url)
    carelay("keys", "create")
    asyncio.run(start_elsewhere(url))
    line = carelay("keys", "rotate").refusal
    assert line.startswith("other servers use this database: elsewhere; run `carelay keys rotate")
    prepared = carelay("keys", "rotate", "--prepare")
    new = KeyFile.load(Path("keys/recording.key.new")).key_id
    assert prepared.output.startswith(f"Made the next key {new} in keys/recording.key.new.")
    shutil.copytree("keys", "keys-elsewhere")
    assert carelay("keys", "rotate", "--prepare").output == prepared.output
    assert f"holds key {new} now" in carelay("keys", "rotate").output
    elsewhere = "keys-elsewhere/recording.key"
    done = carelay("keys", "rotate", CARELAY_RECORDING_KEY_FILE=elsewhere)
    assert done.output == f"{elsewhere} holds key {new} now, as the database says.\n"
    assert KeyFile.load(Path(elsewhere)).key_id == new


async def start_elsewhere(url: str) -> None:
    """A server that shares the database and nothing else."""
    database = await Database.open(url)
    async with database.transaction() as tx:
        await nodes.start(tx, "another", "elsewhere", timedelta(hours=1))
    await database.close()


async def add_recording(key_id: str) -> None:
    database = await open_database()
    async with database.transaction() as tx:
        await users.ensure(tx, ISSUER, "patient", role="patient", name="P", now=START)
        await users.ensure(tx, ISSUER, "provider", role="provider", name="D", now=START)
        session = await telemedicine_sessions.create(
            tx,
            patient_id="patient",
            provider_id="provider",
            room_id="room",
            recording_enabled=True,
            audio_only=False,
            now=START,
            invitation_expires_at=START,
        )
        await recordings.create(
            tx, new_id(), session_id=session.id, wrapped_key=b"w", key_id=key_id, now=START
        )
    await database.close()


def test_recordings_of_a_person_are_listed_and_that_is_in_the_log(carelay: Carelay) -> None:
    asyncio.run(add_recording(key_id="1234567890abcdef"))
    done = carelay("recordings", "list")
    [[recording_id, began, state, hold, *people, place]] = [
        line.split("\t") for line in done.output.splitlines()
    ]
    assert (began, state, hold, people) == ("2026-03-02 09:00", "recording", "", ["P", "D"])
    assert place == f"{recording_id}/, 0.0 MB"
    assert carelay("recordings", "list", "--person", "patient").output == done.output
    assert carelay("recordings", "list", "--only", "on_hold").output == ""
    assert (
        "there is no user 'nobody'" in carelay("recordings", "list", "--person", "nobody").refusal
    )
    assert asyncio.run(actions_in_the_log()) == ["recording.listed"] * 3


def test_what_expires_is_listed_with_its_day(carelay: Carelay) -> None:
    asyncio.run(add_recording(key_id="1234567890abcdef"))
    assert carelay("recordings", "expiring").output == ""
    asyncio.run(complete_all())
    assert carelay("recordings", "expiring").output == "", "by default it is kept for ever"
    done = carelay("recordings", "expiring", CARELAY_RETENTION_VIDEO_DAYS="1")
    [[day, _, began, *_]] = [line.split("\t") for line in done.output.splitlines()]
    assert began == "2026-03-02 09:00"
    assert (date.fromisoformat(day) - datetime.now(UTC).date()).days in {29, 30}, "with notice"


async def complete_all() -> None:
    database = await open_database()
    async with database.transaction() as tx:
        await tx.execute(update(Recording).values(state="complete"))
    await database.close()


async def actions_in_the_log() -> list[str]:
    database = await open_database()
    async with database.reading() as tx:
        found = await tx.scalars(select(AuditRow.action).order_by(AuditRow.id))
        actions = [str(action) for action in found]
    await database.close()
    return actions


# --- users


def test_a_user_is_added_with_the_password_from_standard_input(carelay: Carelay) -> None:
    arguments = ("users", "add", "elena", "--name", "Dr. Elena Rivera", "--role", "provider")
    done = carelay(*arguments, stdin="correct horse battery\n")
    assert (done.code, done.output) == (0, "Added elena as provider.\n")
    name, role, demo, password_hash = asyncio.run(find_user("elena"))
    assert (name, role, demo) == ("Dr. Elena Rivera", "provider", False)
    assert PasswordHasher().verify(password_hash, "correct horse battery")
    assert "taken" in carelay(*arguments, stdin="correct horse battery\n").refusal


async def find_user(username: str) -> tuple[str, str, bool, str]:
    database = await open_database()
    async with database.transaction() as tx:
        user = await users.by_username(tx, username)
    await database.close()
    assert user
    return user.name, user.role, user.demo, user.password_hash or ""


def test_a_short_password_an_unknown_role_and_a_strange_name_are_refused(carelay: Carelay) -> None:
    add = ("users", "add", "elena", "--name", "E", "--role")
    assert "at least 10 characters" in carelay(*add, "provider", stdin="short\n").refusal
    for wrong in (
        (*add, "root"),
        ("users", "add", "two words", "--name", "E", "--role", "provider"),
        ("users", "add", "elena", "--name", " ", "--role", "provider"),
    ):
        with pytest.raises(SystemExit):
            carelay(*wrong)
    assert not Path("data").exists()


def test_users_are_listed_disabled_enabled_and_given_roles_and_passwords(carelay: Carelay) -> None:
    carelay(
        "users",
        "add",
        "elena",
        "--name",
        "Dr. Elena Rivera",
        "--role",
        "provider",
        stdin="correct horse battery\n",
    )
    asyncio.run(add_token_user("from-platform"))
    assert carelay("users", "disable", "elena").code == 0
    assert carelay("users", "list").output == (
        "elena\tprovider\tlocal\tdisabled\tDr. Elena Rivera\n"
        f"from-platform\tpatient\t{ISSUER}\t\tP\n"
    )
    assert carelay("users", "enable", "elena").code == 0
    assert carelay("users", "role", "elena", "compliance").code == 0
    assert carelay("users", "password", "elena", stdin="another horse battery\n").code == 0
    _, role, _, password_hash = asyncio.run(find_user("elena"))
    assert role == "compliance"
    assert PasswordHasher().verify(password_hash, "another horse battery")
    assert "elena\tcompliance\tlocal\t\tDr. Elena Rivera\n" in carelay("users", "list").output
    assert carelay("users", "disable", "from-platform").code == 0
    assert asyncio.run(actions()) == [
        *(
            "user.added",
            "user.disabled",
            "user.enabled",
            "user.role_changed",
            "user.password_changed",
        ),
        "user.disabled",
    ]


def test_guests_get_no_account_and_patients_stay_patients(carelay: Carelay) -> None:
    for name, role in (("sam", "patient"), ("casey", "compliance")):
        carelay(
            *("users", "add", name, "--name", name, "--role", role),
            stdin="correct horse battery\n",
        )
    guest = asyncio.run(add_guest())
    before = carelay("users", "list").output
    assert "is a guest" in carelay("users", "role", guest, "admin").refusal
    refused = carelay("users", "password", guest, stdin="correct horse battery\n")
    assert "is a guest" in refused.refusal
    assert "stay patients" in carelay("users", "role", "sam", "provider").refusal
    assert "stay patients" in carelay("users", "role", "casey", "patient").refusal
    with pytest.raises(SystemExit):
        carelay("users", "role", "casey", "guest")
    assert carelay("users", "list").output == before
    assert asyncio.run(actions()) == ["user.added", "user.added"]


async def add_guest() -> str:
    database = await open_database()
    async with database.transaction() as tx:
        user = await users.create(tx, name="Maria", role="guest", now=START)
    await database.close()
    return user.id


async def add_token_user(user_id: str) -> None:
    database = await open_database()
    async with database.transaction() as tx:
        await users.ensure(tx, ISSUER, user_id, role="patient", name="P", now=START)
    await database.close()


async def actions() -> list[AuditAction]:
    database = await open_database()
    async with database.reading() as tx:
        found = list(await tx.scalars(select(AuditRow.action).order_by(AuditRow.id)))
    await database.close()
    return found


def test_what_the_host_platform_decides_and_whoever_is_not_there_is_refused(
    carelay: Carelay,
) -> None:
    asyncio.run(add_token_user("from-platform"))
    assert "host platform" in carelay("users", "role", "from-platform", "admin").refusal
    assert (
        "host platform"
        in carelay("users", "password", "from-platform", stdin="correct horse battery\n").refusal
    )
    for verb in ("disable", "enable", "password"):
        assert "there is no user 'nobody'" in carelay("users", verb, "nobody").refusal
    with pytest.raises(SystemExit):
        carelay("users", "role", "elena", "root")


def test_a_platforms_id_that_is_somebodys_user_name_means_neither_until_the_issuer_is_said(
    carelay: Carelay,
) -> None:
    carelay(
        "users",
        "add",
        "elena",
        "--name",
        "Dr. Rivera",
        "--role",
        "provider",
        stdin="correct horse battery\n",
    )
    asyncio.run(add_token_user("elena"))
    line = carelay("users", "disable", "elena").refusal
    assert (
        "'elena' is one person's user name and another one's id: say --issuer local or --issuer "
        f"{ISSUER}" in line
    )
    assert carelay("users", "role", "elena", "compliance").code == 0, (
        "platforms decide the roles of their own"
    )
    assert carelay("users", "disable", "elena", "--issuer", ISSUER).code == 0
    assert carelay("users", "list").output == (
        f"elena\tcompliance\tlocal\t\tDr. Rivera\nelena\tpatient\t{ISSUER}\tdisabled\tP\n"
    )
    assert (
        "there is no user 'elena'"
        in carelay("users", "enable", "elena", "--issuer", "https://other").refusal
    )
    assert carelay("users", "enable", "elena", "--issuer", ISSUER).code == 0
    assert carelay("users", "disable", "elena", "--issuer", "local").code == 0
    assert "elena\tcompliance\tlocal\tdisabled\tDr. Rivera\n" in carelay("users", "list").output


def test_a_platforms_new_issuer_takes_its_users_along_and_is_written_down(carelay: Carelay) -> None:
    asyncio.run(add_token_user("from-platform"))
    refused = carelay("users", "issuer", "https://other", "https://new").refusal
    assert "no user has the issuer 'https://other'" in refused
    for wrong in (("local", "https://new"), (ISSUER, "local"), (ISSUER, "")):
        with pytest.raises(SystemExit):
            carelay("users", "issuer", *wrong)
    done = carelay("users", "issuer", ISSUER, "https://new")
    assert done.output == f"1 user of {ISSUER}: https://new vouches for them from now on.\n"
    assert carelay("users", "list").output == "from-platform\tpatient\thttps://new\t\tP\n"
    assert asyncio.run(actions()) == ["user.issuer_changed"]


# --- serve


@asynccontextmanager
async def serving(*arguments: str) -> AsyncIterator[str]:
    """The address that a server names, run as a process of its own; it must stop cleanly."""
    command = [sys.executable, "-m", "signaling.cli", "serve", *arguments]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    assert process.stdout
    assert process.stderr
    try:
        async with asyncio.timeout(SECONDS):
            line = (await process.stdout.readline()).decode()
        found = re.search(r"https?://\S+", line)
        assert found, line + (await process.stderr.read()).decode()
        yield found[0]
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SECONDS):
            output, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        assert b"Stopping" in output
        assert b"Traceback" not in errors
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_server_starts_answers_and_stops_on_sigterm(carelay: Carelay) -> None:
    await asyncio.to_thread(carelay, "keys", "create")
    async with serving() as url, aiohttp.ClientSession(url) as session:
        async with session.get("/readyz") as response:
            assert response.status == 200
        async with session.post(
            "/api/v1/auth/login", json={"username": "admin", "password": "demo-carelay"}
        ) as response:
            assert response.status == 401  # without --demo there is no account at all


async def test_the_demo_runs_over_self_signed_tls_and_tells_how_to_sign_in(
    carelay: Carelay,
) -> None:
    await asyncio.to_thread(carelay, "keys", "create")
    async with (
        serving("--demo", "--tls", "self-signed") as url,
        aiohttp.ClientSession(url) as session,
    ):
        assert url.startswith("https://localhost:")
        login = {"username": "dr.rivera", "password": "demo-carelay"}
        async with session.post("/api/v1/auth/login", json=login, ssl=False) as response:
            assert response.status == 200
            assert response.headers["Set-Cookie"].endswith("; Secure")


def test_the_demo_refuses_other_machines(carelay: Carelay) -> None:
    carelay("keys", "create")
    line = carelay("serve", "--demo", "--host", "0.0.0.0").refusal
    assert line.startswith("server.host (with --demo): --demo has published passwords")


def test_what_stops_the_start_is_one_line(carelay: Carelay) -> None:
    assert "recording.key_file (default)" in carelay("serve").refusal
    assert "server.port (--port)" in carelay("serve", "--port", "70000").refusal
    line = carelay("serve", CARELAY_SERVER_PROT="1").refusal
    assert (
        line
        == "CARELAY_SERVER_PROT (environment): unknown variable; did you mean CARELAY_SERVER_PORT?"
    )
    assert (
        "no such file; name one with --config" in carelay("serve", "--config", "none.toml").refusal
    )
    carelay("keys", "create")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = carelay("serve", "--port", str(taken.getsockname()[1])).refusal
    assert line.startswith("server.port: cannot listen on 127.0.0.1 port")
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        line = carelay("serve", CARELAY_RELAY_PORT=str(taken.getsockname()[1])).refusal
    assert line.startswith("relay.port: cannot listen on 127.0.0.1 port")
    unreachable = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none"
    line = carelay("serve", CARELAY_STORAGE_DATABASE_URL=unreachable).refusal
    assert line.startswith("The database is not available")


def test_the_openapi_document_is_printed(carelay: Carelay) -> None:
    assert '"openapi": "3.1.0"' in carelay("openapi").output


def test_the_version_is_that_of_the_package(
    carelay: Carelay, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        carelay("--version")
    assert left.value.code == 0
    assert capsys.readouterr().out == f"carelay {shipped.version()}\n"


def test_without_a_file_the_defaults_count(carelay: Carelay) -> None:
    Path("config.toml").unlink()
    assert "configuration: built-in defaults" in carelay("doctor").output
    assert "no such file" in carelay("doctor", "--config", "config.toml").refusal


def test_missing_pages_are_a_problem(carelay: Carelay) -> None:
    done = carelay("doctor", CARELAY_SERVER_WEB_PATH="nowhere")
    assert done.code == 1
    assert "pages: there is no nowhere/index.html" in done.output
