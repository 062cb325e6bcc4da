"""Networks of addresses, such as those that proxies stand in,
and the client's address behind them.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

PLAIN_HOSTS = ("localhost", "127.0.0.1", "::1")
"""Where another server may be asked over http: it is on this machine."""
_BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?")
_IPV4_WITH_PORT = re.compile(r"([0-9.]{7,15}):[0-9]{1,5}")


class Network:
    """`10.0.0.0/8`, `::1/128` or one address. Raises ValueError for anything else."""

    def __init__(self, text: str) -> None:
        try:
            self._network = ip_network(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a network") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self._network == other._network

    def __hash__(self) -> int:
        return hash(self._network)

    def __repr__(self) -> str:
        return f"Network({str(self._network)!r})"

    def __contains__(self, address: str) -> bool:
        parsed = _of_socket(address)
        return parsed is not None and parsed in self._network


LOOPBACK = (Network("127.0.0.0/8"), Network("::1/128"))


def is_in(address: str | None, networks: Sequence[Network]) -> bool:
    """Whether an address stands in any of the networks; none and garbage do not."""
    return address is not None and any(address in network for network in networks)


def household(address: str) -> str:
    """What one customer of a provider holds: an IPv4 address, or the /64 of an IPv6 one (RFC 6177).

    Else as it is.
    """
    parsed = _of_socket(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return address if parsed is None else str(parsed)


def client_address(
    peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]
) -> str | None:
    """The last address of all X-Forwarded-For lines, in their order,
    that no trusted proxy wrote for itself.

    Read from the right: each proxy appends who spoke to it, in the same line or in one more (RFC
    9110, section 5.3), so what stands left of an untrusted address is claimed. None if a proxy
    passed on what is not an address: then nobody knows who it was, least of all the proxy's own
    address, which may be allowed what a client is not.
    """
    address = peer
    for claimed in reversed(list_members(forwarded_for)):
        if not is_in(address, trusted):
            break
        parsed = _of_header(claimed)
        if parsed is None:
            return None
        address = str(parsed)
    return address


def list_members(lines: Sequence[str]) -> list[str]:
    """The members of a header that is a list, over all of its lines;
    empty ones do not count (RFC 9110, 5.6.1.2).
    """
    return [member for member in (part.strip() for part in ",".join(lines).split(",")) if member]


def _of_socket(text: str) -> Address | None:
    """As the system writes a peer's address: perhaps with a zone (`fe80::1%eth0`),
    perhaps IPv4 inside IPv6.
    """
    return _unmapped(text.partition("%")[0])


def _of_header(text: str) -> Address | None:
    """As proxies write a client's address: some add a port, to IPv6 then with brackets (RFC 7239,
    section 6).
    """
    with_port = _BRACKETED.fullmatch(text) or _IPV4_WITH_PORT.fullmatch(text)
    return None if "%" in text else _unmapped(with_port[1] if with_port else text)


def _unmapped(text: str) -> Address | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
