"""Signing in with a password, and how often one may try."""

import asyncio
import threading
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from signaling import config
from signaling.identity.attempts import MAX_KEYS, Attempt, SignInLimits, Tally
from signaling.identity.cookies import DEVICE, SESSION
from signaling.identity.passwords import AT_ONCE, MOST_WAITING, Passwords
from storage.models import User
from storage.people import users
from tests.patience import until
from tests.signaling.conftest import API, PASSWORD, Site, behind_proxy, configuration, open_site
from tests.support.platform import ISSUER
from tests.support.stored import events_since_start

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def log_in(
    site: Site, username: str, password: str = PASSWORD, **headers: str
) -> tuple[int, dict[str, str]]:
    """Status, and the reply's headers."""
    body = {"username": username, "password": password}
    async with site.client.post(f"{API}/auth/login", json=body, headers=headers) as response:
        cookies = {
            cookie.partition("=")[0]: cookie for cookie in response.headers.getall("Set-Cookie", [])
        }
        return response.status, {**response.headers, "Device": cookies.get(DEVICE.plain, "")}


async def actions(site: Site) -> list[tuple[str, str | None]]:
    """Action and actor of every audit row."""
    events = await events_since_start(site.services.database)
    return [(event.action, event.actor_name) for event in events]


# --- through the server


async def test_a_password_opens_a_session_that_the_cookie_carries_and_logout_ends(
    site: Site,
) -> None:
    await site.add_user("elena", "provider")
    status, headers = await log_in(site, "elena", Origin=site.origin)
    assert status == 200
    cookie = headers["Set-Cookie"]
    assert cookie.startswith(f"{SESSION.plain}=")
    assert cookie.endswith("; Path=/; Max-Age=50400; HttpOnly; SameSite=Strict")
    page = {"Cookie": cookie.partition(";")[0], "Origin": site.origin}
    async with site.client.get(f"{API}/auth/me", headers=page) as response:
        assert (await response.json())["name"] == "Name of elena"
    async with site.client.post(f"{API}/auth/logout", headers=page) as response:
        assert response.status == 204
        assert "Max-Age=0" in response.headers["Set-Cookie"]
    async with site.client.get(f"{API}/auth/me", headers=page) as response:
        assert (await site.problem(response))["code"] == "session_expired"
    assert await actions(site) == [
        ("user.signed_in", "Name of elena"),
        ("user.signed_out", "Name of elena"),
    ]


async def test_a_session_ends_by_itself(site: Site) -> None:
    await site.add_user("elena", "provider")
    _, headers = await log_in(site, "elena")
    page = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    await site.clock.leap(12 * 3600 + 1)
    async with site.client.get(f"{API}/auth/me", headers=page) as response:
        assert response.status == 401


async def test_a_wrong_password_and_an_unknown_user_look_the_same_and_are_in_the_log(
    site: Site,
) -> None:
    await site.add_user("elena", "provider")
    answers = []
    for username in ("elena", "nobody"):
        body = {"username": username, "password": "wrong"}
        async with site.client.post(f"{API}/auth/login", json=body) as response:
            assert response.status == 401
            assert "Set-Cookie" not in response.headers
            answers.append(await site.problem(response))
    assert answers[0] == answers[1]
    assert await actions(site) == [
        ("user.sign_in_failed", "Name of elena"),
        ("user.sign_in_failed", None),
    ]


async def test_a_disabled_user_and_a_token_user_cannot_sign_in(site: Site) -> None:
    user = await site.add_user("elena", "provider")
    async with site.services.database.transaction() as tx:
        (await users.by_id(tx, user.id) or user).disabled = True
        await users.ensure(tx, ISSUER, "token-user", role="patient", name="T", now=site.clock.now())
    assert (await log_in(site, "elena"))[0] == 401
    assert (await log_in(site, "token-user"))[0] == 401


async def test_demo_users_count_in_demo_mode_only(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path), demo=True) as site:
        await site.add_user("demo", "patient", demo=True)
        status, headers = await log_in(site, "demo")
        assert status == 200
        cookie = headers["Set-Cookie"].partition(";")[0]
    async with open_site(configuration(tmp_path)) as site:
        assert (await log_in(site, "demo"))[0] == 401
        async with site.client.get(f"{API}/auth/me", headers={"Cookie": cookie}) as response:
            assert response.status == 401


async def test_too_many_wrong_passwords_make_that_account_wait_and_no_other(tmp_path: Path) -> None:
    settings = configuration(tmp_path, auth=config.Auth(login_attempts=2))
    async with open_site(settings) as site:
        for username in ("elena", "alex"):
            await site.add_user(username, "provider")
        assert [(await log_in(site, "elena", "wrong"))[0] for _ in range(2)] == [401, 401]
        status, headers = await log_in(site, "Elena")
        assert (status, int(headers["Retry-After"]) > 0) == (429, True)
        assert (await log_in(site, "alex"))[0] == 200


async def test_changing_addresses_within_ones_own_ipv6_network_gives_no_more_attempts(
    tmp_path: Path,
) -> None:
    server = behind_proxy(tmp_path)
    async with open_site(
        configuration(tmp_path, server=server, auth=config.Auth(login_attempts=2))
    ) as site:
        await site.add_user("elena", "provider")
        tried = [
            (await log_in(site, "elena", "wrong", **{"X-Forwarded-For": address}))[0]
            for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")
        ]
    assert tried == [401, 401, 429, 401]


def device(headers: dict[str, str]) -> dict[str, str]:
    """What a browser sends once it was signed in and out again."""
    cookie = headers["Device"]
    assert cookie.endswith("; Path=/api/v1/auth; Max-Age=15552000; HttpOnly; SameSite=Strict")
    return {"Cookie": cookie.partition(";")[0]}


async def test_guesses_at_one_account_end_wherever_they_come_from_and_its_owner_gets_in(
    tmp_path: Path,
) -> None:
    settings = configuration(
        tmp_path, server=behind_proxy(tmp_path), auth=config.Auth(login_attempts=2)
    )
    async with open_site(settings) as site:
        await site.add_user("elena", "provider")
        for username in ("elena", "nobody"):
            known = device((await log_in(site, "elena"))[1]) if username == "elena" else {}
            places = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(12)]
            guesses = [(await log_in(site, username, "wrong", **place))[0] for place in places]
            assert guesses == [401] * 6 + [429] * 6
            assert (await log_in(site, username, **{"X-Forwarded-For": "203.0.113.9"}))[0] == 429
            assert (await log_in(site, username, **known))[0] == (200 if known else 429)


async def test_guesses_from_behind_one_address_lock_out_no_known_device_there(
    tmp_path: Path,
) -> None:
    async with open_site(configuration(tmp_path, auth=config.Auth(login_attempts=1))) as site:
        for username in ("elena", "alex"):
            await site.add_user(username, "provider")
        known = device((await log_in(site, "elena"))[1])
        guesses = [(await log_in(site, f"user{number}", "wrong"))[0] for number in range(12)]
        assert guesses == [401] * 10 + [429] * 2
        assert (await log_in(site, "alex"))[0] == 429
        assert (await log_in(site, "alex", **known))[0] == 429, "a device of somebody else"
        assert (await log_in(site, "elena", **known))[0] == 200
        assert (await log_in(site, "elena", "wrong", **known))[0] == 401
        assert (await log_in(site, "elena", "wrong", **known))[0] == 429, (
            "a known device may not guess for ever"
        )


async def test_a_whole_clinic_may_sign_in_from_one_address(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path, auth=config.Auth(login_attempts=1))) as site:
        site.services.sign_ins._passwords = Passwords(QUICK)
        user = await site.add_user("elena", "provider")
        async with site.services.database.transaction() as tx:
            (await tx.get_one(User, user.id)).password_hash = QUICK.hash(PASSWORD)
        assert {(await log_in(site, "elena"))[0] for _ in range(15)} == {200}


async def test_a_made_up_device_is_none_and_gets_a_token_of_ours(site: Site) -> None:
    await site.add_user("elena", "provider")
    _, headers = await log_in(site, "elena", Cookie=f"{DEVICE.plain}=chosen-by-somebody")
    assert "chosen-by-somebody" not in device(headers)["Cookie"]
    _, again = await log_in(site, "elena", **device(headers))
    assert device(again) == device(headers)


class Slow(PasswordHasher):
    """Lets a test decide when each verification is done."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.begun: list[str | bytes] = []
        self.may_end = threading.Semaphore(0)

    # argon2's own name.
    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.begun.append(password)
        assert self.may_end.acquire(timeout=30)
        return super().verify(hash, password)


async def test_a_flood_of_wrong_passwords_delays_nobody_else(tmp_path: Path) -> None:
    auth = config.Auth(login_attempts=1000)
    async with open_site(configuration(tmp_path, server=behind_proxy(tmp_path), auth=auth)) as site:
        elena, hasher = await site.add_user("elena", "provider"), Slow()
        site.services.sign_ins._passwords = Passwords(hasher)
        async with site.services.database.transaction() as tx:
            (await tx.get_one(User, elena.id)).password_hash = hasher.hash(PASSWORD)
        here = {"X-Forwarded-For": "198.51.100.1"}
        flood = [
            asyncio.create_task(log_in(site, "elena", f"wrong {n}", **here)) for n in range(120)
        ]
        await until(lambda: sum(task.done() for task in flood) == 120 - AT_ONCE - MOST_WAITING)
        assert {task.result()[0] for task in flood if task.done()} == {429}
        owner = asyncio.create_task(log_in(site, "elena", **{"X-Forwarded-For": "203.0.113.9"}))
        await until(lambda: sum(task.done() for task in flood) > 120 - AT_ONCE - MOST_WAITING)
        await until(lambda: len(hasher.begun) == AT_ONCE)
        hasher.may_end.release(len(flood) + 1)
        assert (await owner)[0] == 200
        assert hasher.begun.index(PASSWORD) <= AT_ONCE + 1
        await asyncio.gather(*flood)


async def test_a_page_of_another_site_cannot_sign_a_browser_in(site: Site) -> None:
    await site.add_user("elena", "provider")
    assert (await log_in(site, "elena", Origin="https://evil.example"))[0] == 403


async def test_an_outdated_hash_is_renewed_at_sign_in(site: Site) -> None:
    user = await site.add_user("elena", "provider")
    async with site.services.database.transaction() as tx:
        (await users.by_id(tx, user.id) or user).password_hash = QUICK.hash(PASSWORD)
    assert (await log_in(site, "elena"))[0] == 200
    async with site.services.database.transaction() as tx:
        found = await users.by_id(tx, user.id)
        assert found
        assert found.password_hash
        assert not PasswordHasher().check_needs_rehash(found.password_hash)
    assert (await log_in(site, "elena"))[0] == 200


# --- passwords


async def test_only_the_right_password_matches_its_hash() -> None:
    passwords = Passwords(QUICK)
    stored = await passwords.hash("secret")
    assert await passwords.verify(stored, "secret")
    assert not await passwords.verify(stored, "Secret")
    assert not await passwords.verify("damaged", "secret")


async def test_nobody_has_no_password_and_takes_a_verification_all_the_same() -> None:
    verified: list[str | bytes] = []

    class Watched(PasswordHasher):
        # argon2's own name.
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            verified.append(hash)
            return super().verify(hash, password)

    passwords = Passwords(Watched(time_cost=1, memory_cost=8, parallelism=1))
    assert not await passwords.verify(None, "secret")
    with pytest.raises(VerifyMismatchError):
        QUICK.verify(verified[0], "secret")


# --- attempts


def take(attempts: Tally, key: str, now: float) -> float:
    """As SignInLimits does it."""
    wait = attempts.wait(key, now)
    if not wait:
        attempts.add(key, now)
    return wait


def test_attempts_slide_out_of_the_window() -> None:
    attempts = Tally(limit=2, window=60)
    assert [take(attempts, "a", now) for now in (0.0, 30.0, 40.0)] == [0, 0, 20]
    assert take(attempts, "a", 61.0) == 0
    assert take(attempts, "b", 61.0) == 0


def test_a_success_forgets_the_failures() -> None:
    limits = SignInLimits(attempts=2, window=60)
    attempt = Attempt("elena", "198.51.100.1")
    assert [limits.take(attempt, 0.0), limits.take(attempt, 0.0)] == [0, 0]
    limits.succeeded(attempt)
    assert [limits.take(attempt, 1.0), limits.take(attempt, 1.0), limits.take(attempt, 1.0)] == [
        0,
        0,
        60,
    ]


def test_a_refused_attempt_counts_for_none_of_the_limits() -> None:
    limits = SignInLimits(attempts=1, window=60)
    waits = [limits.take(Attempt("elena", "198.51.100.1"), 0.0) for _ in range(50)]
    assert waits == [0] + [60] * 49
    assert limits.take(Attempt("alex", "198.51.100.1"), 0.0) == 0


def test_memory_for_attempts_is_bounded_and_a_flood_makes_it_forget_nothing() -> None:
    attempts = Tally(limit=1, window=60)
    take(attempts, "elena", 0.0)
    for number in range(MAX_KEYS + 10):
        take(attempts, str(number), 1.0)
    assert len(attempts._times) == MAX_KEYS
    assert take(attempts, "elena", 2.0) == 58
    assert take(attempts, "new", 2.0) == 58
    assert take(attempts, "new", 60.0) == 0
