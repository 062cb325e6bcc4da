"""Which servers are asked to push: those that the configuration names, and no address besides,
whatever a browser says.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

ANY = "*."
VISIBLE = re.compile(r"[!-~]+")


def is_of(endpoint: str, services: Sequence[str]) -> bool:
    """Whether the address is one of these services: an origin, in which `*.` stands for any name
    before the rest.
    """
    try:
        url = urlsplit(endpoint)
        port = f":{url.port}" if url.port is not None else ""
    except ValueError:
        return False
    host = (url.hostname or "").lower()
    if url.username is not None or url.fragment or not host or not VISIBLE.fullmatch(endpoint):
        return False
    return any(_fits(f"{url.scheme}://", f"{host}{port}", service) for service in services)


def _fits(scheme: str, place: str, service: str) -> bool:
    if not service.startswith(scheme):
        return False
    named = service.removeprefix(scheme)
    if named.startswith(ANY):
        return place.endswith(named.removeprefix("*")) and len(place) > len(named) - 1
    return place == named
