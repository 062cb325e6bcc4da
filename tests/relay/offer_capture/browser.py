"""A real browser with a fake camera, driven over its own debugging socket: no driver, no Node.

Chromium speaks the DevTools protocol, Firefox WebDriver BiDi; both are JSON commands on a
WebSocket.
"""

import asyncio
import itertools
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import aiohttp
from aiohttp import web

BrowserName = Literal["chromium", "firefox"]
EXECUTABLES: dict[BrowserName, Path] = {
    "chromium": Path("/usr/bin/chromium"),
    "firefox": Path("/usr/bin/firefox-esr"),
}
_CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--disable-quic",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--remote-debugging-port=0",
]
_FIREFOX_PREFERENCES: Mapping[str, bool | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.gmp-manager.updateEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "remote.active-protocols": "1",
}
_START_SECONDS = 60
_LOADED = "document.readyState === 'complete' && typeof carelayOffers === 'function'"
_PAGE = "<!doctype html><meta charset=utf-8><title>offers</title><script src=/page.js></script>"


_numbers = itertools.count(1)


class Page(ABC):
    """One page of a running browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    @abstractmethod
    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited if it is a promise.

        Raises RuntimeError for its exception.
        """

    async def command(
        self, method: str, parameters: Mapping[str, Any], session: str | None = None
    ) -> dict[str, Any]:
        """One command and its result; events in between are of no interest."""
        number = next(_numbers)
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        async for reply in self._socket:
            answer: dict[str, Any] = json.loads(reply.data)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer}")
                result: dict[str, Any] = answer["result"]
                return result
        raise RuntimeError(f"{method}: the browser is gone")


class _ChromiumPage(Page):
    session = ""

    async def open(self, url: str) -> None:
        target = await self.command("Target.createTarget", {"url": url})
        attached = await self.command(
            "Target.attachToTarget", {"targetId": target["targetId"], "flatten": True}
        )
        self.session = attached["sessionId"]

    async def evaluate(self, expression: str) -> Any:
        parameters = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        result = await self.command("Runtime.evaluate", parameters, self.session)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description"))
        return result["result"].get("value")


class _FirefoxPage(Page):
    context = ""

    async def open(self, url: str) -> None:
        await self.command("session.new", {"capabilities": {}})
        tree = await self.command("browsingContext.getTree", {})
        self.context = tree["contexts"][0]["context"]
        await self.command(
            "browsingContext.navigate", {"context": self.context, "url": url, "wait": "complete"}
        )

    async def evaluate(self, expression: str) -> Any:
        # Passed as JSON text: BiDi's own values are tagged with types.
        parameters = {
            "expression": (
                f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
            ),
            "awaitPromise": True,
            "target": {"context": self.context},
        }
        result = await self.command("script.evaluate", parameters)
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])


@asynccontextmanager
async def browser_page(name: BrowserName, profile: Path) -> AsyncIterator[Page]:
    """A page of a fresh browser that has page.js; `profile` is an empty folder for it."""
    async with (
        _site() as url,
        _process(name, profile) as address,
        aiohttp.ClientSession() as session,
        session.ws_connect(address, max_msg_size=0) as socket,
    ):
        page = _ChromiumPage(socket) if name == "chromium" else _FirefoxPage(socket)
        await page.open(url)
        while not await page.evaluate(_LOADED):  # noqa: ASYNC110  a new tab is about:blank first
            await asyncio.sleep(0.05)
        yield page


@asynccontextmanager
async def chromium_pages(count: int, profile: Path) -> AsyncIterator[list[Page]]:
    """Several pages of one fresh Chromium; one command at a time, for they share its socket."""
    async with (
        _site() as url,
        _process("chromium", profile) as address,
        aiohttp.ClientSession() as session,
        session.ws_connect(address, max_msg_size=0) as socket,
    ):
        pages = [_ChromiumPage(socket) for _ in range(count)]
        for page in pages:
            await page.open(url)
            # A new tab is about:blank first.
            while not await page.evaluate(_LOADED):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield list(pages)


@asynccontextmanager
async def _site() -> AsyncIterator[str]:
    """A page on localhost, which counts as a secure context, so that it may open the camera."""
    script = Path(__file__).with_name("page.js")

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    async def page_script(_request: web.Request) -> web.Response:
        return web.Response(text=script.read_text(), content_type="text/javascript")

    application = web.Application()
    application.add_routes([web.get("/", page), web.get("/page.js", page_script)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://localhost:{runner.addresses[0][1]}/"
    await runner.cleanup()


@asynccontextmanager
async def _process(name: BrowserName, profile: Path) -> AsyncIterator[str]:
    """A running browser; yields the address of its debugging socket,
    which it announces on standard error.
    """
    if name == "chromium":
        arguments = [*_CHROMIUM_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        announced, path = b"DevTools listening on ", ""
    else:
        lines = [
            f"user_pref({json.dumps(key)}, {json.dumps(value)});"
            for key, value in _FIREFOX_PREFERENCES.items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        arguments = [
            "--headless",
            "--no-remote",
            "--profile",
            str(profile),
            "--remote-debugging-port=0",
        ]
        announced, path = b"WebDriver BiDi listening on ", "/session"
    process = await asyncio.create_subprocess_exec(
        EXECUTABLES[name],
        *arguments,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert process.stderr is not None
    draining = None
    try:
        async with asyncio.timeout(_START_SECONDS):
            while announced not in (line := await process.stderr.readline()):
                if not line:
                    raise RuntimeError(f"{name} did not start")
        draining = asyncio.create_task(process.stderr.read())
        yield line.split(announced)[1].strip().decode() + path
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if draining is not None:
            await draining
