"""The server under load, as a page sees it: HTTP with every refusal in one line."""

import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec

from signaling.cli.load.accountfile import Account
from signaling.http.problem import Problem
from signaling.http.resources import ClientSettings
from signaling.identity import cookies
from signaling.identity.resources import Credentials, Identity
from signaling.kernel.resources import Request
from signaling.kernel.terminal import CommandError

AUTH, TELEMEDICINE = "/api/v1/auth", "/api/v1/telemedicine"
REQUEST_SECONDS = 30.0
MESSAGE_BYTES = 1 << 20
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
# As a browser says it of a request by one of the server's own pages, by whichever name the server
# is reached.
OWN_PAGE = {"User-Agent": "carelay load", "Sec-Fetch-Site": "same-origin"}

_Reply = TypeVar("_Reply")


class Refused(Exception):  # noqa: N818  what happened; its reader is a person
    """The server said no.

    `code` is the problem's name, `retry_after` in seconds, if it was told.
    """

    def __init__(self, status: int, code: str, detail: str, retry_after: str = "") -> None:
        super().__init__(detail)
        self.status, self.code, self.retry_after = status, code, retry_after


class Site:
    """One server. Credentials are headers of single requests: never in an address,
    never in a log.
    """

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self.url = url

    async def settings(self) -> ClientSettings:
        """Raises CommandError if no carelay answers."""
        try:
            return await self.get(f"{TELEMEDICINE}/settings", ClientSettings)
        except (Refused, msgspec.MsgspecError):
            raise CommandError(f"{self.url} answers, but not as a carelay server does") from None
        except aiohttp.ClientError as error:
            raise CommandError(_unreachable(self.url, error)) from None
        except TimeoutError:
            raise CommandError(
                f"{self.url} does not answer within {REQUEST_SECONDS:.0f} s"
            ) from None

    async def sign_in(self, account: Account) -> Mapping[str, str]:
        """The headers that speak for the account. Raises Refused."""
        if account.token:
            return {"Authorization": f"Bearer {account.token}"}
        body = msgspec.json.encode(
            Credentials(username=account.username, password=account.password)
        )
        async with self._http.post(
            f"{AUTH}/login", data=body, headers={"Content-Type": "application/json"}
        ) as reply:
            await _read(reply, Identity)
            given = next(
                reply.cookies[name] for name in cookies.SESSION.names if name in reply.cookies
            )
            return {"Cookie": f"{given.key}={given.value}"}

    async def sign_out(self, credentials: Mapping[str, str]) -> None:
        """Tokens are the host platform's to end."""
        if "Cookie" in credentials:
            async with self._http.post(f"{AUTH}/logout", headers=credentials) as reply:
                await reply.read()

    async def get(
        self, path: str, kind: type[_Reply], credentials: Mapping[str, str] | None = None
    ) -> _Reply:
        """Raises Refused, aiohttp.ClientError or TimeoutError."""
        async with self._http.get(path, headers=credentials) as reply:
            return await _read(reply, kind)

    async def post(
        self, path: str, body: Request, kind: type[_Reply], credentials: Mapping[str, str]
    ) -> _Reply:
        """Raises Refused, aiohttp.ClientError or TimeoutError."""
        headers = {**credentials, "Content-Type": "application/json"}
        async with self._http.post(
            f"{TELEMEDICINE}/{path}", data=msgspec.json.encode(body), headers=headers
        ) as reply:
            return await _read(reply, kind)

    async def metrics(self) -> str | None:
        """What Prometheus reads; none if this machine may not."""
        try:
            async with self._http.get("/metrics") as reply:
                return await reply.text() if reply.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def socket(
        self, user_id: str, credentials: Mapping[str, str]
    ) -> aiohttp.ClientWebSocketResponse:
        """Raises Refused, aiohttp.ClientError or TimeoutError."""
        path = f"{TELEMEDICINE}/ws/{user_id}"
        return await self._http.ws_connect(path, headers=credentials, max_msg_size=MESSAGE_BYTES)


@asynccontextmanager
async def open_site(url: str, trust: Path | None) -> AsyncIterator[Site]:
    """`trust`: a PEM file, instead of the authorities that this machine trusts.

    Raises CommandError.
    """
    connector = aiohttp.TCPConnector(limit=0, ssl=_context(trust))
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
    async with aiohttp.ClientSession(
        url,
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=OWN_PAGE,
        timeout=timeout,
    ) as http:
        yield Site(http, url)


def origin(text: str) -> str:
    """The server's address without a path.

    Raises CommandError for what no password may be sent to.
    """
    try:
        url = urlsplit(text)
        host = url.hostname
        _ = url.port
    except ValueError:
        host = None
    if not text.strip():
        raise CommandError(
            "the address of the server is empty; give one such as https://video.example.org"
        )
    if "@" in text:  # not repeated: it may hold a password
        raise CommandError(
            "the address of the server has to be without a user name; accounts are in --accounts"
        )
    if host is None or url.scheme not in ("http", "https"):
        raise CommandError(f"{text} is no address of a server, such as https://video.example.org")
    if url.scheme == "http" and host not in LOOPBACK_HOSTS:
        raise CommandError(
            f"{text} would take passwords and calls unencrypted through the network; "
            "use https, or run `carelay load` on the server itself with http://localhost"
        )
    if url.path.strip("/") or url.query or url.fragment:
        raise CommandError(
            f"{text} is more than the address of a server; it would be {url.scheme}://{url.netloc}"
        )
    return f"{url.scheme}://{url.netloc}"


def _context(trust: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=trust)
    except (OSError, ssl.SSLError) as error:
        reason = (
            error.strerror or error.reason if isinstance(error, ssl.SSLError) else error.strerror
        )
        raise CommandError(
            f"--trust {trust}: no certificate can be read there ({reason})"
        ) from None


def _unreachable(url: str, error: aiohttp.ClientError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
        reason = str(getattr(cause, "verify_message", "") or cause).rstrip(".")
        advice = (
            "use a name that it is for"
            if "mismatch" in reason
            else "for a self-signed one, name its file with --trust (`carelay serve --tls "
            "self-signed` keeps it in data/tls/self-signed.pem)"
        )
        return f"the certificate of {url} is not trusted: {reason}; {advice}"
    if isinstance(error, aiohttp.ClientSSLError):
        return f"{url} speaks no TLS that can be understood; is it http?"
    if isinstance(error, aiohttp.ClientConnectorError):
        errno = error.os_error.errno
        return f"nothing answers at {url} ({os.strerror(errno) if errno else error.os_error})"
    hint = "; is it https?" if url.startswith("http:") else ""
    return f"{url} does not answer as a web server does ({type(error).__name__}){hint}"


async def _read(reply: aiohttp.ClientResponse, kind: type[_Reply]) -> _Reply:
    body = await reply.read()
    if reply.status < 400:
        return msgspec.json.decode(body, type=kind)
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.MsgspecError:
        raise Refused(reply.status, "", f"the server answered {reply.status}") from None
    raise Refused(reply.status, problem.code, problem.detail, reply.headers.get("Retry-After", ""))
