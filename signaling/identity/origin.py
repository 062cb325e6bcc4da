"""Which pages may speak for a signed-in browser: those this server itself delivered."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from multidict import CIMultiDictProxy

from signaling.config import Server
from signaling.kernel.network import client_address, is_in, list_members

Headers = CIMultiDictProxy[str]


def peer_is_proxy(peer: str | None, server: Server) -> bool:
    """Whether the connection comes from a proxy that the configuration trusts."""
    return is_in(peer, server.trusted_proxies)


def address(peer: str | None, headers: Headers, server: Server) -> str | None:
    """The client's address, through trusted proxies only."""
    return client_address(peer, _lines(headers, "X-Forwarded-For"), server.trusted_proxies)


def is_https(peer: str | None, scheme: str, headers: Headers, server: Server) -> bool:
    """Whether the browser speaks https, to us or to a trusted proxy."""
    if server.public_url:
        return server.public_url.startswith("https://")
    claimed = list_members(_lines(headers, "X-Forwarded-Proto"))
    if claimed and peer_is_proxy(peer, server):
        return claimed[-1].lower() == "https"
    return scheme == "https"


def is_same_origin(headers: Headers, own_scheme: str, server: Server) -> bool:
    """Whether a request with a cookie was made by one of our pages,
    as the browser (not the page) tells it.

    `Origin` is sent with every unsafe request and every WebSocket; where it is missing, Fetch
    Metadata must say so.
    """
    origin = headers.get("Origin")
    if origin is None:
        return headers.get("Sec-Fetch-Site") == "same-origin"
    return origin.lower() == own_origin(headers, own_scheme, server)


def own_origin(headers: Headers, own_scheme: str, server: Server) -> str:
    """The origin browsers know this server by, such as `https://video.example.org`."""
    if server.public_url:
        url = urlsplit(server.public_url.lower())
        return f"{url.scheme}://{url.netloc}"
    return f"{own_scheme}://{headers.get('Host', '').lower()}"


def _lines(headers: Headers, name: str) -> Sequence[str]:
    """All of them: a proxy may add a line below what a client wrote,
    and the first one alone is the client's.
    """
    return headers.getall(name, [])
