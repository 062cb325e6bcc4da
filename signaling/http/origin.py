"""Where a request comes from: which client, through which proxies, and whose page made it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDictProxy

from signaling.config import Server
from signaling.kernel.actor import Origin
from signaling.kernel.network import client_address, is_in, list_members
from signaling.kernel.request import Request

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

Headers = CIMultiDictProxy[str]


def read(request: web.Request, server: Server) -> Request:
    """What the rules of the house know of it."""
    headers, https = request.headers, _is_https(request, server)
    upgrades = headers.get("Upgrade", "").lower() == "websocket"
    address = client_address(
        request.remote, _lines(headers, "X-Forwarded-For"), server.trusted_proxies
    )
    return Request(
        origin=Origin(address, _user_agent(headers)),
        https=https,
        changes=upgrades or request.method not in SAFE_METHODS,
        of_a_page="Origin" in headers,
        of_our_page=_is_same_origin(headers, "https" if https else "http", server),
        authorization=headers.get("Authorization"),
        cookies=request.cookies,
    )


def _is_https(request: web.Request, server: Server) -> bool:
    if server.public_url:
        return server.public_url.startswith("https://")
    claimed = list_members(_lines(request.headers, "X-Forwarded-Proto"))
    if claimed and is_in(request.remote, server.trusted_proxies):
        return claimed[-1].lower() == "https"
    return request.scheme == "https"


def _is_same_origin(headers: Headers, own_scheme: str, server: Server) -> bool:
    """Whether one of our pages made it, as the browser (not the page) tells it.

    `Origin` is sent with every unsafe request and every WebSocket; where it is missing, Fetch
    Metadata must say so.
    """
    origin = headers.get("Origin")
    if origin is None:
        return headers.get("Sec-Fetch-Site") == "same-origin"
    return origin.lower() == _own_origin(headers, own_scheme, server)


def _own_origin(headers: Headers, own_scheme: str, server: Server) -> str:
    """The one that browsers know this server by, such as `https://video.example.org`."""
    if server.public_url:
        url = urlsplit(server.public_url.lower())
        return f"{url.scheme}://{url.netloc}"
    return f"{own_scheme}://{headers.get('Host', '').lower()}"


def _user_agent(headers: Headers) -> str | None:
    """What the client calls itself.

    What no database would store is replaced: bytes that are no UTF-8, and NUL.
    """
    header = headers.get("User-Agent")
    if header is None:
        return None
    return header.encode(errors="surrogateescape").decode(errors="replace").replace("\0", "\ufffd")


def _lines(headers: Headers, name: str) -> Sequence[str]:
    """All of them: a proxy may add a line below what a client wrote,
    and the first one alone is the client's.
    """
    return headers.getall(name, [])
