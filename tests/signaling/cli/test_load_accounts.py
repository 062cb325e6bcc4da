"""Accounts for `carelay load`: made for it, nobody's, and of no use afterwards."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from signaling.cli.load.accountfile import Account, read
from storage.database import Database
from storage.models import AuditRow, User
from storage.people import login_sessions, users
from storage.words import AuditAction
from tests.signaling.terminal import Carelay

FILE = Path("load-accounts.json")


async def _look(usernames: list[str]) -> tuple[list[User], list[AuditAction]]:
    database = await Database.open("sqlite+aiosqlite:///data/carelay.sqlite3")
    async with database.transaction() as tx:
        found = [await users.by_username(tx, username) for username in usernames]
        row, actions = 1, list[AuditAction]()
        while (entry := await tx.get(AuditRow, row)) is not None:
            actions.append(entry.action)
            row += 1
    await database.close()
    return [user for user in found if user], actions


def look(*usernames: str) -> tuple[list[User], list[AuditAction]]:
    """Those users, and the actions in the audit log."""
    return asyncio.run(_look(list(usernames)))


def test_pairs_are_made_with_a_password_each_in_a_private_file(carelay: Carelay) -> None:
    done = carelay("load-accounts", "create", "--calls", "2")
    assert done.code == 0, done.errors
    assert FILE.stat().st_mode & 0o777 == 0o600
    pairs = read(FILE)
    accounts = [account for pair in pairs for account in (pair.provider, pair.patient)]
    assert len({account.password for account in accounts}) == 4
    assert not any(account.password in done.output for account in accounts)
    found, actions = look("load/provider/1", "load/patient/1", "load/provider/2", "load/patient/2")
    assert [(user.name, user.role, user.demo) for user in found] == [
        ("Load test provider 1", "provider", False),
        ("Load test patient 1", "patient", False),
        ("Load test provider 2", "provider", False),
        ("Load test patient 2", "patient", False),
    ]
    for user, account in zip(found, accounts, strict=True):
        assert PasswordHasher().verify(user.password_hash or "", account.password)
    assert actions == ["user.added"] * 4


def test_removed_accounts_can_be_used_by_nobody_and_come_back_with_other_passwords(
    carelay: Carelay,
) -> None:
    carelay("load-accounts", "create", "--calls", "2")
    before = read(FILE)
    assert "Disabled 4 load accounts" in carelay("load-accounts", "remove").output
    assert not FILE.exists()
    found, actions = look("load/provider/1", "load/patient/2")
    assert [(user.disabled, user.password_hash) for user in found] == [(True, None)] * 2
    assert actions[4:] == ["user.disabled"] * 4
    assert "Disabled 0 load accounts" in carelay("load-accounts", "remove").output
    carelay("load-accounts", "create", "--calls", "1")
    assert read(FILE)[0] != before[0]
    found, actions = look("load/provider/1", "load/provider/2")
    assert [user.disabled for user in found] == [False, True]
    assert actions[8:] == ["user.enabled"] * 2


async def _signed_in(username: str, token: str) -> str | None:
    """The token of a new sign-in; with a token, that token if it still counts."""
    database = await Database.open("sqlite+aiosqlite:///data/carelay.sqlite3")
    now = datetime.now(UTC)
    async with database.transaction() as tx:
        user = await users.by_username(tx, username)
        assert user
        if not token:
            token = await login_sessions.create(
                tx, user.id, now=now, expires_at=now + timedelta(hours=1)
            )
        found = await login_sessions.find(tx, token, now=now)
    await database.close()
    return token if found else None


@pytest.mark.parametrize("between", ["remove", "create"])
def test_what_was_signed_in_before_is_so_no_more(carelay: Carelay, between: str) -> None:
    carelay("load-accounts", "create", "--calls", "1")
    cookies = {
        name: asyncio.run(_signed_in(name, "")) or ""
        for name in ("load/provider/1", "load/patient/1")
    }
    assert all(cookies.values())
    carelay("load-accounts", between)
    carelay("load-accounts", "create", "--calls", "1")
    assert not any(asyncio.run(_signed_in(name, cookie)) for name, cookie in cookies.items())


def test_pairs_beyond_those_asked_for_are_disabled(carelay: Carelay) -> None:
    assert "Disabled" not in carelay("load-accounts", "create", "--calls", "3").output
    assert "Disabled 2 more pairs" in carelay("load-accounts", "create", "--calls", "1").output
    found, _ = look("load/patient/1", "load/provider/2", "load/patient/3")
    assert [user.disabled for user in found] == [False, True, True]
    assert len(read(FILE)) == 1


def test_no_person_can_have_such_a_user_name(carelay: Carelay) -> None:
    with pytest.raises(SystemExit):
        carelay("users", "add", "load/patient/1", "--name", "P", "--role", "patient")


def test_another_file_is_not_overwritten(carelay: Carelay) -> None:
    FILE.write_text("a letter")
    FILE.chmod(0o600)
    for verb in ("create", "remove"):
        assert "no file of load accounts" in carelay("load-accounts", verb).refusal
    assert FILE.read_text() == "a letter"


def test_no_folder_is_made_for_the_file(carelay: Carelay) -> None:
    line = carelay("load-accounts", "create", "--output", "nope/accounts.json").refusal
    assert line == "nope/accounts.json: there is no such folder"
    assert not Path("nope").exists()
    assert look("load/provider/1") == ([], [])


@pytest.mark.parametrize("calls", ["0", "-1", "1001", "many"])
def test_numbers_that_make_no_sense_are_refused(carelay: Carelay, calls: str) -> None:
    with pytest.raises(SystemExit):
        carelay("load-accounts", "create", "--calls", calls)


def test_passwords_and_tokens_are_in_no_representation() -> None:
    secret = "s3cret-s3cret"
    assert secret not in repr(Account(username="load/provider/1", password=secret))
    assert secret not in repr(Account(token=secret))


# --- refused before anything is sent


def write_accounts(*pairs: object, mode: int = 0o600) -> None:
    FILE.write_text(json.dumps({"pairs": pairs}))
    FILE.chmod(mode)


PASSWORD = {"username": "load/provider/1", "password": "a secret that nobody knows"}
PAIR = {"provider": PASSWORD, "patient": PASSWORD}


def test_a_load_needs_a_private_file_of_accounts_for_all_its_calls(carelay: Carelay) -> None:
    url = "http://localhost:1"
    assert "there is no load-accounts.json" in carelay("load", url).refusal
    write_accounts(PAIR, mode=0o640)
    assert "open to other users" in carelay("load", url).refusal
    write_accounts(PAIR)
    assert (
        "has accounts for 1 call; `carelay load-accounts create --calls 2`"
        in carelay("load", url, "--calls", "2").refusal
    )
    write_accounts()
    assert "has accounts for 0 calls" in carelay("load", url).refusal
    write_accounts({"provider": {"username": "x"}, "patient": PASSWORD})
    line = carelay("load", url).refusal
    assert "either a username and a password, or a token" in line


def test_a_file_that_is_wrong_is_told_without_its_secrets(carelay: Carelay) -> None:
    write_accounts({"provider": {**PASSWORD, "token": "a secret token"}, "patient": PASSWORD})
    line = carelay("load", "http://localhost:1").refusal
    assert "secret" not in line


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://192.0.2.7:8080", "unencrypted"),
        ("http://video.example.org", "use https"),
        ("ftp://localhost", "no address of a server"),
        ("localhost:8080", "no address of a server"),
        ("https://me:word@video.example.org", "without a user name"),
        ("https://[::1", "no address of a server"),
        ("", "the address of the server is empty"),
        ("http://localhost:1/foo", "it would be http://localhost:1"),
        ("http://localhost:1/?foo", "it would be http://localhost:1"),
    ],
)
def test_no_password_is_sent_where_others_could_read_it(
    carelay: Carelay, url: str, problem: str
) -> None:
    write_accounts(PAIR)
    line = carelay("load", url).refusal
    assert problem in line
    assert "word@" not in line


def test_a_server_that_is_not_there_is_told(carelay: Carelay) -> None:
    write_accounts(PAIR)
    assert (
        carelay("load", "http://localhost:1").refusal
        == "nothing answers at http://localhost:1 (Connection refused)"
    )


def test_a_report_that_could_not_be_written_is_refused_first(carelay: Carelay) -> None:
    write_accounts(PAIR)
    for report, why in (("none/report.json", "No such file or directory"), (".", "Is a directory")):
        line = carelay("load", "http://localhost:1", "--json", report).refusal
        assert line == f"--json {report}: the file cannot be written ({why})"


def test_a_load_that_is_refused_touches_no_report(carelay: Carelay) -> None:
    write_accounts(PAIR)
    Path("earlier.json").write_text("{}")
    for report in ("earlier.json", "new.json"):
        assert "nothing answers" in carelay("load", "http://localhost:1", "--json", report).refusal
    assert Path("earlier.json").read_text() == "{}"
    assert not Path("new.json").exists()


def test_a_certificate_file_that_cannot_be_read_is_named(carelay: Carelay) -> None:
    write_accounts(PAIR)
    assert (
        "--trust none.pem" in carelay("load", "https://localhost:1", "--trust", "none.pem").refusal
    )
    Path("empty.pem").touch()
    assert (
        "--trust empty.pem"
        in carelay("load", "https://localhost:1", "--trust", "empty.pem").refusal
    )


@pytest.mark.parametrize(
    "wrong", [("--seconds", "0"), ("--loss", "21"), ("--ramp", "soon"), ("--calls", "0")]
)
def test_options_out_of_bounds_are_refused(carelay: Carelay, wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        carelay("load", "http://localhost:1", *wrong)
