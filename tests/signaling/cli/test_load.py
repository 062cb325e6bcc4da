"""`carelay load` as an operator runs it: a process of its own against a server of its own,
with real calls.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from sqlalchemy import select

from signaling.kernel import tls
from storage.database import Database
from storage.models import AuditRow, LoginSession, Recording, TelemedicineSession
from tests.scenarios.server_process import SECRET, ServerProcess, person, serve

SECONDS = 60
BUSY = "this machine could not keep the load up"
"""How busy the machine is that runs the tests is no matter of theirs."""


@dataclass(frozen=True)
class Done:
    """What a command left on the terminal."""

    code: int
    output: str
    errors: str

    def require_held(self) -> None:
        assert self.code == 0 or BUSY in self.errors, self

    @property
    def refusal(self) -> str:
        """The one line of a command that failed."""
        assert self.code == 1, self
        assert self.errors.count("\n") == 1, self.errors
        return self.errors.removeprefix("carelay: ").rstrip()


async def start(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    """`carelay …` in a folder."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "signaling.cli", *arguments)
    environ = {"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": "/usr/bin:/bin"}
    return await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environ, stdout=pipe, stderr=pipe
    )


async def finish(process: asyncio.subprocess.Process, before: str = "") -> Done:
    async with asyncio.timeout(SECONDS):
        output, errors = await process.communicate()
    assert b"Traceback" not in errors, errors.decode()
    return Done(process.returncode or 0, before + output.decode(), errors.decode())


async def carelay(folder: Path, *arguments: str) -> Done:
    return await finish(await start(folder, *arguments))


async def until_said(process: asyncio.subprocess.Process, words: str) -> str:
    """All that it printed until a line with these words."""
    said = ""
    assert process.stdout
    async with asyncio.timeout(SECONDS):
        while words not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


@asynccontextmanager
async def clinic(folder: Path, calls: int, more: str = "") -> AsyncIterator[ServerProcess]:
    """A server, and accounts for so many calls in `folder`."""
    async with serve(folder / "server", more) as server:
        config = str(server.folder / "config.toml")
        done = await carelay(
            folder, "load-accounts", "create", "--calls", str(calls), "--config", config
        )
        assert done.code == 0, done
        yield server


@asynccontextmanager
async def database_of(server: ServerProcess) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{server.folder}/data/carelay.sqlite3")
    yield database
    await database.close()


async def rows(server: ServerProcess, kind: type[Any]) -> Sequence[Any]:
    async with database_of(server) as database, database.transaction() as tx:
        return (await tx.scalars(select(kind))).all()


async def calls_of(server: ServerProcess) -> list[tuple[str, str | None]]:
    """How each call ended."""
    return [(call.call_status, call.end_reason) for call in await rows(server, TelemedicineSession)]


def passwords(folder: Path) -> list[str]:
    pairs = json.loads((folder / "load-accounts.json").read_text())["pairs"]
    return [
        account.get("password") or account["token"] for pair in pairs for account in pair.values()
    ]


# --- what it does


async def test_calls_are_made_measured_ended_and_in_the_audit_log(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=2) as server:
        done = await carelay(
            tmp_path, "load", server.url, "--seconds", "2", "--json", "report.json"
        )
        done.require_held()
        assert await calls_of(server) == [("ended", "hung_up")] * 2
        audit = await rows(server, AuditRow)
        assert all(session.revoked_at for session in await rows(server, LoginSession))
        log = (server.folder / "log").read_text()
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["setup"]["calls"] == 2
    assert report["failures"] == []
    figures = report["figures"]
    assert figures["forwarded_per_second"] > 0
    assert figures["lost_percent"] < 100
    assert figures["mbit_per_second"] > 0
    assert 0 < figures["delay_p50_us"] <= figures["delay_p99_us"]
    assert report["server"]["cpu_us_per_packet"] > 0
    actions = [row.action for row in audit]
    assert actions.count("user.signed_in") == actions.count("user.signed_out") == 4
    of_calls = [row for row in audit if row.session_id]
    assert {row.actor_name for row in of_calls} == {
        f"Load test {who}" for who in ("provider 1", "provider 2", "patient 1", "patient 2")
    }
    assert {"call.initiated", "call.accepted", "call.ended"} <= {row.action for row in of_calls}
    assert {row.user_agent for row in of_calls} == {"carelay load"}
    assert not any(secret in done.output + done.errors + log for secret in passwords(tmp_path))


async def test_recorded_calls_with_losses_are_recorded_and_repaired(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=2) as server:
        options = ("--seconds", "2", "--record", "--loss", "5", "--json", "report.json")
        done = await carelay(tmp_path, "load", server.url, *options)
        done.require_held()
        assert {recording.state for recording in await rows(server, Recording)} == {"complete"}
        assert len(await rows(server, Recording)) == 2
    figures = json.loads((tmp_path / "report.json").read_text())["figures"]
    assert figures["retransmitted_by_server"] > 0
    assert figures["retransmitted_to_server"] > 0


async def test_calls_without_cameras_are_so_on_the_server(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=1) as server:
        done = await carelay(tmp_path, "load", server.url, "--seconds", "1", "--audio-only")
        done.require_held()
        assert [call.audio_only for call in await rows(server, TelemedicineSession)] == [True]
        assert not await rows(server, Recording)


async def test_accounts_of_a_host_platform_sign_in_with_their_tokens(tmp_path: Path) -> None:
    async with serve(tmp_path / "server") as server:
        write_tokens(tmp_path, token("provider"), token("patient"))
        done = await carelay(tmp_path, "load", server.url, "--seconds", "1")
        done.require_held()
        assert await calls_of(server) == [("ended", "hung_up")]
    assert not any(secret in done.output + done.errors for secret in passwords(tmp_path))


def token(role: str, name: str = "Load test someone", minutes: int = 60) -> str:
    expires = datetime.now(UTC) + timedelta(minutes=minutes)
    claims = {
        "sub": f"load-{role}",
        "role": role,
        "name": name,
        "iss": "platform",
        "aud": "carelay",
        "exp": expires,
    }
    return jwt.encode(claims, SECRET, "HS256")


def write_tokens(folder: Path, provider: str, patient: str) -> None:
    file = folder / "load-accounts.json"
    file.write_text(
        json.dumps({"pairs": [{"provider": {"token": provider}, "patient": {"token": patient}}]})
    )
    file.chmod(0o600)


# --- what ends it


async def test_a_load_that_is_stopped_ends_its_calls(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=2) as server:
        process = await start(tmp_path, "load", server.url, "--seconds", "600")
        said = await until_said(process, "sent/s")
        process.send_signal(signal.SIGINT)
        done = await finish(process, said)
        assert done.code == 130 or BUSY in done.errors
        assert "Ended 2 calls" in done.output
        assert await calls_of(server) == [("ended", "hung_up")] * 2
        assert all(session.revoked_at for session in await rows(server, LoginSession))


async def test_a_load_that_is_stopped_while_calls_are_set_up_leaves_none_behind(
    tmp_path: Path,
) -> None:
    async with clinic(tmp_path, calls=3) as server:
        process = await start(tmp_path, "load", server.url, "--ramp", "0.1")
        said = await until_said(process, "Signed in")
        process.terminate()
        done = await finish(process, said)
        assert done.code == 130
        assert "Stopped before anything was measured." in done.output
        assert all(status == "ended" for status, _ in await calls_of(server))


async def test_calls_that_the_server_ends_are_a_failure(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=2) as server:
        process = await start(tmp_path, "load", server.url, "--seconds", "600")
        said = await until_said(process, "sent/s")
        assert await server.stop() == 0
        done = await finish(process, said)
    assert "the server ended a call: server_restart" in done.refusal
    assert "Ended 0 of 2 calls" in done.output


async def test_a_report_that_cannot_be_written_eats_no_verdict(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=1) as server:
        done = await carelay(tmp_path, "load", server.url, "--seconds", "1", "--json", "/dev/full")
    assert "--json /dev/full: the file cannot be written (No space left on device)" in done.refusal
    assert "The server held 1 call" in done.output or BUSY in done.refusal


# --- what it refuses


async def test_wrong_passwords_are_refused_without_a_call(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=1) as server:
        file = tmp_path / "load-accounts.json"
        file.write_text(file.read_text().replace(passwords(tmp_path)[1], "not the password"))
        line = (await carelay(tmp_path, "load", server.url)).refusal
        assert line.startswith(
            "load/patient/1 cannot sign in: The username or the password is wrong."
        )
        assert not await rows(server, TelemedicineSession)
        assert all(session.revoked_at for session in await rows(server, LoginSession))


async def test_tokens_that_must_not_be_used_are_refused(tmp_path: Path) -> None:
    good, short = token("patient"), token("provider", minutes=1)
    person = token("provider", "Dr. Elena Rivera")
    wrong = {
        person: "may be a person: a load is made only by users whose names begin with 'Load test'",
        good: "has the role patient, but stands in the file as provider",
        short: "ends before the load does",
        "no.such.token": "This is not a JSON Web Token.",
    }
    async with serve(tmp_path / "server") as server:
        for provider, problem in wrong.items():
            write_tokens(tmp_path, provider, good)
            line = (await carelay(tmp_path, "load", server.url)).refusal
            assert problem in line
            assert provider not in line
        assert not await rows(server, TelemedicineSession)


async def test_more_sign_ins_than_the_server_allows_are_told_with_what_to_do(
    tmp_path: Path,
) -> None:
    async with (
        clinic(tmp_path, calls=6, more="[auth]\nlogin_attempts = 1\n") as server,
        aiohttp.ClientSession() as http,
    ):
        for number in range(10):
            wrong = {"username": f"nobody{number}", "password": "wrong"}
            assert (await http.post(f"{server.url}/api/v1/auth/login", json=wrong)).status == 401
        line = (await carelay(tmp_path, "load", server.url)).refusal
        assert "Too many attempts to sign in." in line
        assert "raise auth.login_attempts" in line
        assert all(session.revoked_at for session in await rows(server, LoginSession))


async def test_longer_calls_than_the_server_allows_are_refused(tmp_path: Path) -> None:
    async with clinic(
        tmp_path, calls=1, more="[calls]\nmax_duration_minutes = 1\nwarning_minutes = 0\n"
    ) as server:
        line = (await carelay(tmp_path, "load", server.url, "--seconds", "60")).refusal
        assert "the server ends calls after 60 s (calls.max_duration_minutes)" in line


async def test_a_server_that_cannot_record_is_not_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELAY_RECORDING_ENABLED", "false")
    async with clinic(tmp_path, calls=1) as server:
        line = (await carelay(tmp_path, "load", server.url, "--record")).refusal
        assert line.startswith("--record: the server cannot record: ")


async def test_calls_of_others_are_not_disturbed(tmp_path: Path) -> None:
    async with (
        clinic(tmp_path, calls=1) as server,
        person(server, "provider") as provider,
        person(server, "patient"),
    ):
        await provider.post(
            "call/initiate", patient_id="patient", recording_enabled=False, audio_only=False
        )
        line = (await carelay(tmp_path, "load", server.url)).refusal
        assert line.startswith("the server has 1 call now, which a load could disturb")
        done = await carelay(tmp_path, "load", server.url, "--seconds", "1", "--beside-calls")
        done.require_held()


async def test_without_its_metrics_a_server_can_be_loaded_all_the_same(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=1, more="[metrics]\nallowed_networks = []\n") as server:
        done = await carelay(tmp_path, "load", server.url, "--seconds", "1")
        done.require_held()
        assert "may not read the server's /metrics" in done.output
        assert "The server used" not in done.output


async def test_accounts_in_a_call_already_are_told(tmp_path: Path) -> None:
    async with clinic(tmp_path, calls=1) as server:
        first = await start(tmp_path, "load", server.url, "--seconds", "600")
        said = await until_said(first, "sent/s")
        line = (await carelay(tmp_path, "load", server.url, "--beside-calls")).refusal
        assert "Another load may run with these accounts" in line
        first.send_signal(signal.SIGINT)
        await finish(first, said)


@asynccontextmanager
async def something_else(folder: Path) -> AsyncIterator[str]:
    """A web server that is no carelay, with a self-signed certificate in `folder`."""
    certificate, key = tls.self_signed(folder, ["localhost"], datetime.now(UTC))
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(
        runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificate, key)
    ).start()
    try:
        yield f"https://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_only_a_certificate_that_is_trusted_gets_a_password(tmp_path: Path) -> None:
    write_tokens(tmp_path, "a", "b")
    async with something_else(tmp_path / "tls") as url:
        line = (await carelay(tmp_path, "load", url)).refusal
        assert (
            f"the certificate of {url} is not trusted: self-signed certificate; for a self-signed "
            "one" in line
        )
        trust = ("--trust", "tls/self-signed.pem")
        other_name = url.replace("localhost", "127.0.0.1")
        assert (
            "use a name that it is for"
            in (await carelay(tmp_path, "load", other_name, *trust)).refusal
        )
        assert (await carelay(tmp_path, "load", url, *trust)).refusal == (
            f"{url} answers, but not as a carelay server does"
        )
        plain = url.replace("https", "http")
        assert "is it https?" in (await carelay(tmp_path, "load", plain)).refusal
