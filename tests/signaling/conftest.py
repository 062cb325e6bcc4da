"""The real application on a real socket, with real SQLite, relay and key file,
in a folder of the test's own.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from signaling import config
from signaling.app import create_app
from signaling.config import Config
from signaling.http.endpoint import endpoint
from signaling.http.parts import SERVICES
from signaling.http.routes import ROUTES
from signaling.http.server import Runner
from signaling.identity.cookies import SESSION
from signaling.identity.passwords import Passwords
from signaling.kernel.network import Network
from signaling.kernel.words import Role
from signaling.services import Services
from storage.models import User
from storage.people import login_sessions, users
from storage.vault.keys.file import KeyFile
from tests.signaling.manual_clock import ManualClock
from tests.signaling.practice import Practice, open_practice
from tests.signaling.terminal import Carelay
from tests.support.databases import new_sqlite
from tests.support.platform import ISSUER

API = "/api/v1"
TELEMEDICINE = f"{API}/telemedicine"
PASSWORD = "correct horse battery"


def configuration(folder: Path, **sections: config.Section) -> Config:
    """A configuration whose files all lie in `folder`; a section given replaces the usual one."""
    key = folder / "keys" / "recording.key"
    if not key.exists():
        KeyFile.create(key)
    usual: dict[str, config.Section] = {
        "server": config.Server(web_path=folder / "web"),
        "relay": config.Relay(host="127.0.0.1", port=0),
        "storage": config.Storage(data_path=folder / "data"),
        "recording": config.Recording(key_file=key),
    }
    return msgspec.structs.replace(Config(), **{**usual, **sections})


@dataclass
class Site:
    """A running server and how tests speak to it."""

    client: TestClient[Any, Any]
    services: Services
    clock: ManualClock

    @property
    def app(self) -> web.Application:
        """The application itself."""
        app = self.client.app
        assert isinstance(app, web.Application)
        return app

    @property
    def server(self) -> web.Server:
        """What accepts the connections."""
        runner = self.client.server.runner
        assert runner is not None
        assert runner.server is not None
        return runner.server

    @property
    def origin(self) -> str:
        """What browsers send as Origin from our own pages."""
        return str(self.client.make_url("")).rstrip("/")

    async def add_user(self, username: str, role: Role, *, demo: bool = False) -> User:
        """With the password PASSWORD."""
        password_hash = await Passwords().hash(PASSWORD)
        async with self.services.database.transaction() as tx:
            return await users.create(
                tx,
                username=username,
                name=f"Name of {username}",
                role=role,
                password_hash=password_hash,
                now=self.clock.now(),
                demo=demo,
            )

    async def headers(self, role: Role) -> dict[str, str]:
        """What a signed-in page of a token user of that role sends; the user's id is the role."""
        now = self.clock.now()
        async with self.services.database.transaction() as tx:
            await users.ensure(tx, ISSUER, role, role=role, name=f"Name of {role}", now=now)
            token = await login_sessions.create(
                tx, role, now=now, expires_at=now + timedelta(hours=1)
            )
        return {"Cookie": f"{SESSION.plain}={token}", "Origin": self.origin}

    async def raw(self, head: str) -> int:
        """The status of a request whose header lines may hold any bytes,
        which an HTTP client would not send.
        """
        lines = (
            f"{head}\r\nHost: {self.origin.removeprefix('http://')}\r\nConnection: close\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(self.client.host, self.client.port)
        writer.write(lines.encode("latin-1"))
        reply = await reader.read()
        writer.close()
        return int(reply.split()[1])

    async def problem(self, response: aiohttp.ClientResponse) -> dict[str, Any]:
        """The body of an error, which must be of the one shape."""
        assert response.content_type == "application/problem+json", await response.text()
        body: dict[str, Any] = await response.json(content_type=None)
        assert body["status"] == response.status
        assert body["title"]
        assert body["detail"]
        for route in ROUTES:
            pattern = re.sub(
                r"{\w+}", "[^/]+", re.escape(route.path).replace(r"\{", "{").replace(r"\}", "}")
            )
            if response.method == route.method and re.fullmatch(pattern, response.url.path):
                assert body["code"] in endpoint(route).codes(), (
                    f"{route.handler.__name__} tells of no such error"
                )
                break
        return body


class SiteServer(TestServer):
    """The application in the server that `carelay serve` runs it in."""

    def __init__(self, app: web.Application, options: Mapping[str, Any]) -> None:
        super().__init__(app)
        self._options = options

    async def _make_runner(self, **options: Any) -> Runner:
        return Runner(self.app, **options, **self._options)


@asynccontextmanager
async def open_site(
    settings: Config, *, demo: bool = False, **options: float
) -> AsyncIterator[Site]:
    """A server from start to clean end; `options` are those of aiohttp's connections."""
    if not settings.storage.database_url:
        await new_sqlite(settings.storage.data_path / "carelay.sqlite3")
    clock = ManualClock()
    app = create_app(settings, demo=demo, clock=clock)
    async with TestClient(SiteServer(app, options), cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield Site(client, app[SERVICES], clock)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A server with the usual configuration, whose pages are one line."""
    assets = tmp_path / "web" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<!doctype html><title>carelay</title>")
    (tmp_path / "web" / "icon.svg").write_text("<svg/>")
    (assets / "index-1a2b.js").write_text("export {};")
    async with open_site(configuration(tmp_path)) as site:
        yield site


def behind_proxy(folder: Path) -> config.Server:
    """The tests' own address counts as the practice's proxy."""
    return config.Server(web_path=folder / "web", trusted_proxies=(Network("127.0.0.1/32"),))


@pytest.fixture
def carelay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Carelay:
    """The command, with a configuration that takes nobody's port."""
    return Carelay(tmp_path, monkeypatch, capsys)


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path) as practice:
        yield practice


Post = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


def poster(site: Site) -> Post:
    async def post(role: Role, path: str, **body: object) -> tuple[int, dict[str, Any]]:
        url = f"{TELEMEDICINE}/call/{path}"
        async with site.client.post(url, json=body, headers=await site.headers(role)) as response:
            return response.status, await response.json(content_type=None)

    return post
