"""Which cookies count over TLS and over http, and how old names give way to those
that nobody can plant.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import aiohttp
import pytest

from signaling import config
from signaling.identity.cookies import DEVICE, HOST, MARK, SESSION, Cookie
from storage.models import User
from storage.people import login_devices, login_sessions
from tests.signaling.conftest import API, PASSWORD, Site, configuration, open_site

ORIGIN = "https://video.example.org"


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[Site]:
    """A server that browsers reach over TLS."""
    server = config.Server(web_path=tmp_path, public_url=ORIGIN)
    async with open_site(configuration(tmp_path, server=server)) as site:
        yield site


class Browser:
    """What a browser keeps of Set-Cookie, by name, and sends with the next request."""

    def __init__(self, site: Site, **cookies: str) -> None:
        self.site = site
        self.cookies = cookies
        self.lines: list[str] = []

    async def post(self, path: str, **body: str) -> int:
        async with self.site.client.post(
            f"{API}/auth/{path}", json=body, headers=self.headers()
        ) as response:
            self._keep(response)
            return response.status

    async def me(self) -> int:
        async with self.site.client.get(f"{API}/auth/me", headers=self.headers()) as response:
            self._keep(response)
            return response.status

    def headers(self) -> dict[str, str]:
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": ORIGIN,
        }

    def _keep(self, response: aiohttp.ClientResponse) -> None:
        self.lines = response.headers.getall("Set-Cookie", [])
        for line in self.lines:
            for name, morsel in SimpleCookie(line).items():
                _require_acceptable(line, morsel["path"])
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def _require_acceptable(line: str, path: str) -> None:
    """A browser refuses any other cookie of this name."""
    if line.startswith(HOST):
        assert path == "/"
        assert "Secure" in line
        assert "Domain" not in line


async def opened_before_tls(site: Site, user: User) -> str:
    """The secret of a session whose cookie has the plain name."""
    now = site.clock.now()
    async with site.services.database.transaction() as tx:
        return await login_sessions.create(
            tx, user.id, now=now, expires_at=now + timedelta(hours=1)
        )


async def test_over_tls_both_cookies_have_names_that_no_other_host_can_set(secure: Site) -> None:
    await secure.add_user("elena", "provider")
    browser = Browser(secure)
    assert await browser.post("login", username="elena", password=PASSWORD) == 200
    assert set(browser.cookies) == {SESSION.guarded, DEVICE.guarded}
    assert await browser.me() == 200
    assert await browser.post("logout") == 204
    assert set(browser.cookies) == {DEVICE.guarded}


async def test_over_http_a_name_for_tls_counts_for_nothing(site: Site) -> None:
    user = await site.add_user("elena", "provider")
    secret = await opened_before_tls(site, user)
    for name, status in ((SESSION.guarded, 401), (SESSION.plain, 200)):
        async with site.client.get(
            f"{API}/auth/me", headers={"Cookie": f"{name}={secret}"}
        ) as response:
            assert (response.status, "Set-Cookie" in response.headers) == (status, False)


async def test_a_session_from_before_tls_counts_and_gets_its_new_name(secure: Site) -> None:
    secret = await opened_before_tls(secure, await secure.add_user("elena", "provider"))
    browser = Browser(secure, **{SESSION.plain: secret})
    for _ in range(2):
        assert await browser.me() == 200
        assert browser.cookies == {SESSION.guarded: secret}
    assert browser.lines == [], "once"


async def test_whoever_signs_out_or_in_with_an_old_name_is_rid_of_it(secure: Site) -> None:
    user = await secure.add_user("elena", "provider")
    browser = Browser(secure, **{SESSION.plain: await opened_before_tls(secure, user)})
    stolen = Browser(secure, **browser.cookies)
    assert await browser.post("logout") == 204
    assert browser.cookies == {}
    assert await stolen.me() == 401
    browser.cookies[SESSION.plain] = "of-some-earlier-day"
    assert await browser.post("login", username="elena", password=PASSWORD) == 200
    assert set(browser.cookies) == {SESSION.guarded, DEVICE.guarded}


async def test_nobody_is_signed_in_by_what_a_neighbour_plants(secure: Site) -> None:
    """A sibling under the same domain can set plain names only;
    its own session counts by no such name.
    """
    await secure.add_user("mallory", "provider")
    neighbour = Browser(secure)
    await neighbour.post("login", username="mallory", password=PASSWORD)
    victim = Browser(
        secure, **{cookie.plain: neighbour.cookies[cookie.guarded] for cookie in (SESSION, DEVICE)}
    )
    assert await victim.me() == 401
    await secure.add_user("elena", "provider")
    assert await victim.post("login", username="elena", password=PASSWORD) == 200
    assert victim.cookies[DEVICE.guarded] != neighbour.cookies[DEVICE.guarded]


async def test_an_old_device_counts_once_more_and_gets_a_secret_that_no_neighbour_has(
    secure: Site,
) -> None:
    user = await secure.add_user("elena", "provider")
    async with secure.services.database.transaction() as tx:
        old = await login_devices.remember(tx, "", user.id, now=secure.clock.now())
    stranger, owner = Browser(secure), Browser(secure, **{DEVICE.plain: old})
    while await stranger.post("login", username="elena", password="wrong") != 429:
        pass
    assert await owner.post("login", username="elena", password=PASSWORD) == 200
    assert owner.cookies[DEVICE.guarded].startswith(MARK)
    assert DEVICE.plain not in owner.cookies
    assert any(f"{DEVICE.plain}=; Path=/api/v1/auth; Max-Age=0" in line for line in owner.lines)


@pytest.mark.parametrize("cookie", [SESSION, DEVICE])
@pytest.mark.parametrize(
    ("sent", "over_tls", "over_http"),
    [
        ({}, None, None),
        ({"plain": ""}, None, None),
        ({"plain": "a"}, "a", "a"),
        ({"plain": f"{MARK}a"}, None, None),
        ({"guarded": f"{MARK}a"}, f"{MARK}a", None),
        ({"plain": "a", "guarded": "b"}, "b", "a"),
    ],
)
def test_what_counts(
    cookie: Cookie, sent: dict[str, str], over_tls: str | None, over_http: str | None
) -> None:
    cookies = {getattr(cookie, name): secret for name, secret in sent.items()}
    assert (cookie.sent(cookies, https=True), cookie.sent(cookies, https=False)) == (
        over_tls,
        over_http,
    )
