"""Cookies and tokens at the door: who gets in, and which pages may use a browser's cookie."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import jwt
import msgspec
import pytest

from signaling import config
from signaling.identity.cookies import SESSION
from storage.audit import Subject
from storage.models import User
from storage.people import users
from tests.signaling.conftest import (
    API,
    PASSWORD,
    TELEMEDICINE,
    Site,
    behind_proxy,
    configuration,
    open_site,
)
from tests.support.platform import AUDIENCE, ISSUER
from tests.support.stored import events_since_start

SECRET = "a shared secret of thirty-two bytes or more"


def token(**changes: object) -> str:
    usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "name": "Alex", "role": "patient"}
    return jwt.encode({**usual, "exp": int(time.time()) + 900, **changes}, SECRET, "HS256")


def embedded(folder: Path, issuer: str = ISSUER) -> config.Config:
    """Of a server that a host platform embeds; each time with the same database."""
    bearer = config.Jwt(issuer=issuer, audience=AUDIENCE, secret=SECRET)
    database_url = f"sqlite+aiosqlite:///{folder}/carelay.sqlite3"
    storage = config.Storage(data_path=folder / "data", database_url=database_url)
    return configuration(folder, jwt=bearer, storage=storage)


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(embedded(tmp_path)) as site:
        yield site


async def me(site: Site, **claims: object) -> tuple[int, str]:
    """The id of who bears such a token, or the code of why they are refused."""
    headers = {"Authorization": f"Bearer {token(**claims)}"}
    async with site.client.get(f"{API}/auth/me", headers=headers) as response:
        body = await response.json()
        return response.status, body["user_id" if response.ok else "code"]


async def test_without_credentials_the_answer_is_401_and_says_how(site: Site) -> None:
    async with site.client.get(f"{API}/auth/me") as response:
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert (await site.problem(response))["code"] == "sign_in_required"


async def test_a_token_makes_its_user_known(platform: Site) -> None:
    headers = {"Authorization": f"Bearer {token()}"}
    async with platform.client.get(f"{API}/auth/me", headers=headers) as response:
        body = await response.json()
        assert (body["user_id"], body["name"], body["role"]) == ("u-1", "Alex", "patient")
    async with platform.services.database.transaction() as tx:
        assert (await users.by_id(tx, "u-1")) is not None


async def test_what_tokens_make_of_people_and_refused_ones_are_in_the_log(platform: Site) -> None:
    await me(platform)
    await me(platform)
    await me(platform, role="provider", iat=time.time())
    await me(platform, exp=1)
    await me(platform, role="admin")
    by_token = {"by": "token"}
    events = await events_since_start(platform.services.database)
    told = [(event.action, event.actor_id, event.detail) for event in events]
    refused = {**by_token, "code": "unknown_role", "reason": "not_accepted"}
    assert told == [
        ("user.added", None, {"role": "patient", "issuer": ISSUER}),
        ("user.signed_in", "u-1", by_token),
        ("user.role_changed", None, {"role": "provider", "before": "patient", "issuer": ISSUER}),
        ("user.sign_in_failed", None, refused),
    ]
    assert events[0].subject == Subject("user", "u-1")


@pytest.mark.parametrize("header", ["", "Basic dTpw", "Bearer", "Bearer ", "Bearer x.y.z"])
async def test_another_authorization_is_refused(platform: Site, header: str) -> None:
    async with platform.client.get(f"{API}/auth/me", headers={"Authorization": header}) as response:
        assert response.status == 401
        assert (await platform.problem(response))["code"] == "invalid_token"


async def test_an_expired_token_is_told(platform: Site) -> None:
    headers = {"Authorization": f"Bearer {token(exp=1)}"}
    async with platform.client.get(f"{API}/auth/me", headers=headers) as response:
        assert (await platform.problem(response))["detail"] == "The token has expired."


async def test_a_token_is_exchanged_for_a_cookie_that_lasts_no_longer(platform: Site) -> None:
    expires_at = int(platform.clock.now().timestamp()) + 600
    # The test's clock is behind the machine's, by which PyJWT judges.
    expires_at = max(expires_at, int(time.time()) + 600)
    headers = {"Authorization": f"Bearer {token(exp=expires_at)}", "Origin": platform.origin}
    async with platform.client.post(f"{API}/auth/session", headers=headers) as response:
        assert response.status == 200
        cookie = response.headers["Set-Cookie"].partition(";")[0]
    async with platform.client.get(f"{API}/auth/me", headers={"Cookie": cookie}) as response:
        assert (await response.json())["user_id"] == "u-1"


async def test_only_a_token_is_exchanged(site: Site) -> None:
    async with site.client.post(
        f"{API}/auth/session", headers=await site.headers("patient")
    ) as response:
        assert (await site.problem(response))["code"] == "token_required"


async def test_a_token_cannot_take_over_a_local_account_nor_revive_a_disabled_one(
    platform: Site,
) -> None:
    user = await platform.add_user("elena", "admin")
    headers = {"Authorization": f"Bearer {token(sub=user.id)}"}
    async with platform.client.get(f"{API}/auth/me", headers=headers) as response:
        assert (await platform.problem(response))["code"] == "user_conflict"
    async with platform.services.database.transaction() as tx:
        gone = await users.ensure(
            tx, ISSUER, "gone", role="patient", name="G", now=platform.clock.now()
        )
        gone.disabled = True
    headers = {"Authorization": f"Bearer {token(sub='gone')}"}
    async with platform.client.get(f"{API}/auth/me", headers=headers) as response:
        assert (await platform.problem(response))["code"] == "user_disabled"


async def test_another_platform_with_the_same_subjects_signs_nobody_in_as_who_was_there(
    tmp_path: Path,
) -> None:
    async with open_site(embedded(tmp_path)) as site:
        assert await me(site) == (200, "u-1")
    async with open_site(embedded(tmp_path, "https://another.example")) as site:
        assert await me(site) == (401, "invalid_token"), "it has another issuer"
        taken = {"iss": "https://another.example", "role": "provider", "name": "Mallory"}
        assert await me(site, **taken) == (403, "user_conflict")
        assert await me(site, **taken, sub="u-2") == (200, "u-2")
        headers = {"Authorization": f"Bearer {token(**taken)}", "Origin": site.origin}
        async with site.client.post(f"{API}/auth/session", headers=headers) as response:
            assert (response.status, "Set-Cookie" in response.headers) == (403, False)
        async with site.client.get(f"{TELEMEDICINE}/ws/u-1", headers=headers) as response:
            assert (response.status, (await site.problem(response))["code"]) == (
                403,
                "user_conflict",
            )
        async with site.services.database.reading() as tx:
            alex = await users.by_id(tx, "u-1")
        assert alex
        assert (alex.issuer, alex.role, alex.name) == (ISSUER, "patient", "Alex")


async def test_whoever_came_before_issuers_were_kept_is_the_platforms_of_the_next_start(
    tmp_path: Path,
) -> None:
    async with open_site(embedded(tmp_path)) as site:
        assert await me(site) == (200, "u-1")
        async with site.services.database.transaction() as tx:
            (await tx.get_one(User, "u-1")).issuer = None
    for settings, issuer in (
        (msgspec.structs.replace(embedded(tmp_path), jwt=config.Jwt()), None),
        (embedded(tmp_path), ISSUER),
        (embedded(tmp_path, "https://another.example"), ISSUER),
    ):
        async with open_site(settings) as site, site.services.database.reading() as tx:
            assert (await tx.get_one(User, "u-1")).issuer == issuer
    async with open_site(embedded(tmp_path)) as site:
        assert await me(site) == (200, "u-1")


async def test_a_role_that_tokens_may_not_carry_makes_and_promotes_nobody(platform: Site) -> None:
    async with platform.client.get(
        f"{API}/auth/me", headers={"Authorization": f"Bearer {token()}"}
    ) as response:
        assert response.status == 200
    for subject in ("u-1", "u-2"):
        headers = {"Authorization": f"Bearer {token(sub=subject, role='admin')}"}
        async with platform.client.get(f"{API}/auth/me", headers=headers) as response:
            assert (response.status, (await platform.problem(response))["code"]) == (
                403,
                "unknown_role",
            )
    async with platform.services.database.reading() as tx:
        assert [(user.id, user.role) for user in await users.everybody(tx)] == [("u-1", "patient")]


# --- cross-site request forgery


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "OWN"}, 404),
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
async def test_a_cookie_counts_for_our_own_pages_only(
    site: Site, changes: dict[str, str], status: int
) -> None:
    cookie = (await site.headers("provider"))["Cookie"]
    headers = {key: site.origin if value == "OWN" else value for key, value in changes.items()}
    async with site.client.post(
        f"{TELEMEDICINE}/call/end", json={"room_id": "none"}, headers={"Cookie": cookie, **headers}
    ) as response:
        assert response.status == status
        await site.problem(response)


async def test_a_form_cannot_reach_the_api_with_a_cookie(site: Site) -> None:
    headers = await site.headers("provider")
    for content_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        async with site.client.post(
            f"{TELEMEDICINE}/call/end",
            data=b'{"room_id": "x"}',
            headers={**headers, "Content-Type": content_type},
        ) as response:
            assert response.status == 415
            await site.problem(response)


async def test_a_websocket_of_another_site_is_refused_before_it_opens(site: Site) -> None:
    headers = {**await site.headers("provider"), "Origin": "https://evil.example"}
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    async with site.client.get(
        f"{TELEMEDICINE}/ws/provider", headers={**headers, **upgrade, **key}
    ) as response:
        assert response.status == 403
        assert (await site.problem(response))["code"] == "foreign_origin"


@pytest.mark.parametrize("cookie", ["x", "x" * 300, "%00", '"quoted"'])
async def test_a_made_up_cookie_is_signed_out(site: Site, cookie: str) -> None:
    async with site.client.get(
        f"{API}/auth/me", headers={"Cookie": f"{SESSION.plain}={cookie}"}
    ) as response:
        assert (await site.problem(response))["code"] == "session_expired"


async def test_a_cookie_of_any_bytes_is_signed_out(site: Site) -> None:
    assert await site.raw(f"GET {API}/auth/me HTTP/1.1\r\nCookie: {SESSION.plain}=\xff\xfe") == 401


# --- proxies


async def test_a_trusted_proxy_tells_scheme_and_address(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path, server=behind_proxy(tmp_path))) as site:
        await site.add_user("elena", "provider")
        host = site.origin.removeprefix("http://")
        headers = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "203.0.113.9",
            "Origin": f"https://{host}",
        }
        body = {"username": "elena", "password": "correct horse battery"}
        async with site.client.post(f"{API}/auth/login", json=body, headers=headers) as response:
            assert response.status == 200
            _is_guarded(response.headers["Set-Cookie"])
        async with site.client.get("/metrics", headers=headers) as response:
            assert response.status == 403


async def test_what_a_client_claims_above_the_lines_of_its_proxy_counts_for_nothing(
    tmp_path: Path,
) -> None:
    settings = configuration(
        tmp_path, server=behind_proxy(tmp_path), auth=config.Auth(login_attempts=2)
    )
    async with open_site(settings) as site:
        await site.add_user("elena", "provider")
        body = {"username": "elena", "password": "wrong"}
        tried = []
        for number in range(3):
            lines = [
                ("X-Forwarded-For", f"127.0.0.{number + 1}"),
                ("X-Forwarded-For", "203.0.113.9"),
            ]
            lines += [("X-Forwarded-Proto", "http"), ("X-Forwarded-Proto", "https")]
            async with site.client.get("/metrics", headers=lines) as response:
                assert response.status == 403
            async with site.client.post(f"{API}/auth/login", json=body, headers=lines) as response:
                tried.append(response.status)
        assert tried == [401, 401, 429]
        events = await events_since_start(site.services.database)
        assert {event.address for event in events} == {"203.0.113.9"}
        lines = [
            ("X-Forwarded-For", "203.0.113.8"),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Proto", "https"),
        ]
        right = {"username": "elena", "password": PASSWORD}
        async with site.client.post(f"{API}/auth/login", json=right, headers=lines) as response:
            _is_guarded(response.headers["Set-Cookie"])


def _is_guarded(cookie: str) -> None:
    assert cookie.startswith(f"{SESSION.guarded}=")
    assert cookie.endswith("; HttpOnly; SameSite=Strict; Secure")


@pytest.mark.parametrize("name", ["Zo\ud800", "Zo\0", "Zo\n", "", "Z" * 201])
@pytest.mark.parametrize("claim", ["name", "sub"])
async def test_a_token_with_a_name_that_no_database_stores_is_refused_and_logged_nowhere(
    platform: Site, caplog: pytest.LogCaptureFixture, claim: str, name: str
) -> None:
    headers = {"Authorization": f"Bearer {token(**{claim: name})}"}
    async with platform.client.get(f"{API}/auth/me", headers=headers) as response:
        problem = await platform.problem(response)
    assert (problem["status"], problem["code"]) == (401, "invalid_token")
    assert "Zo" not in problem["detail"]
    assert "Zo" not in caplog.text


@pytest.mark.parametrize("claimed", ["unknown", "x" * 65, "unix:", "203.0.113.9\x01"])
async def test_a_proxy_that_passes_on_no_address_opens_nothing(
    tmp_path: Path, claimed: str
) -> None:
    async with open_site(configuration(tmp_path, server=behind_proxy(tmp_path))) as site:
        assert await site.raw(f"GET /metrics HTTP/1.1\r\nX-Forwarded-For: {claimed}") in {400, 403}
        cookie = (await site.headers("provider"))["Cookie"]
        head = (
            f"GET {TELEMEDICINE}/recordings HTTP/1.1\r\nCookie: {cookie}\r\n"
            f"X-Forwarded-For: {claimed}"
        )
        assert await site.raw(head) in {400, 403}


async def test_nobody_else_does(site: Site) -> None:
    await site.add_user("elena", "provider")
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    body = {"username": "elena", "password": "correct horse battery"}
    async with site.client.post(f"{API}/auth/login", json=body, headers=headers) as response:
        assert "Secure" not in response.headers["Set-Cookie"]
    async with site.client.get("/metrics", headers=headers) as response:
        assert response.status == 200


async def test_the_public_url_is_the_only_origin_where_it_is_set(tmp_path: Path) -> None:
    server = config.Server(web_path=tmp_path, public_url="https://video.example.org")
    async with open_site(configuration(tmp_path, server=server)) as site:
        cookie = (await site.headers("provider"))["Cookie"]
        for origin, status in (("https://video.example.org", 404), (site.origin, 403)):
            headers = {"Cookie": cookie, "Origin": origin}
            async with site.client.post(
                f"{TELEMEDICINE}/call/end", json={"room_id": "none"}, headers=headers
            ) as response:
                assert response.status == status
                assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
