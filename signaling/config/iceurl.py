"""STUN and TURN URLs (RFC 7064, RFC 7065), as strictly as browsers read them.

A browser that is given one URL it cannot read throws, and its whole page with it; so what is not
exactly one of these stops the start of the server.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Literal

Transport = Literal["udp", "tcp"]

_URL = re.compile(
    r"(?P<scheme>stuns?|turns?):"
    r"(?:\[(?P<literal>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)
_PORT = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
_HIGHEST_PORT = 65535


@dataclass(frozen=True)
class IceUrl:
    """Where a STUN or TURN server listens, and how it is spoken to."""

    scheme: Literal["stun", "stuns", "turn", "turns"]
    host: str
    """A name or an address, IPv6 without brackets."""
    port: int
    transport: Transport

    @property
    def relays(self) -> bool:
        """A TURN server, which wants credentials."""
        return self.scheme.startswith("turn")

    @property
    def secure(self) -> bool:
        """Spoken to over TLS, which needs TCP below it."""
        return self.scheme.endswith("s")


def parse(text: str) -> IceUrl:
    """Raises ValueError with what is wrong, without the text:
    it may hold what somebody typed by mistake.
    """
    found = _URL.fullmatch(text)
    if found is None:
        raise ValueError("is not of the form scheme:host:port?transport=udp|tcp")
    scheme, port = found["scheme"], int(found["port"] or _PORT[found["scheme"]])
    if not 1 <= port <= _HIGHEST_PORT:
        raise ValueError(f"has a port that does not exist, {port}")
    if found["literal"]:
        IPv6Address(found["literal"])  # an AddressValueError is a ValueError
    if found["transport"] and scheme.startswith("stun"):
        raise ValueError("is a STUN URL, which has no transport (RFC 7064)")
    if found["transport"] == "udp" and scheme == "turns":
        raise ValueError("asks for TLS over UDP, which browsers do not speak")
    default: Transport = "tcp" if scheme.endswith("s") else "udp"
    transport = found["transport"] or default
    host = found["literal"] or found["name"]
    return IceUrl(scheme, host, port, transport)  # type: ignore[arg-type]  # by the pattern
