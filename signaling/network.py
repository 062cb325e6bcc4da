"""Networks of addresses, such as those that proxies stand in, and the client's address behind them."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network


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
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        return parsed in self._network


LOOPBACK = (Network("127.0.0.0/8"), Network("::1/128"))


def is_in(address: str | None, networks: Sequence[Network]) -> bool:
    """Whether an address stands in any of the networks; none and garbage do not."""
    return address is not None and any(address in network for network in networks)


def household(address: str) -> str:
    """What one customer of a provider holds: an IPv4 address, or the /64 of an IPv6 one (RFC 6177). Else as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return str(ip_network((parsed, 64), strict=False))
    return address


def client_address(peer: str | None, forwarded_for: str, trusted: Sequence[Network]) -> str | None:
    """The last address of X-Forwarded-For that no trusted proxy wrote for itself.

    Read from the right: each proxy appends who spoke to it, so what stands left of an untrusted address is claimed.
    """
    address = peer
    for claimed in reversed(forwarded_for.split(",")):
        if not is_in(address, trusted) or not claimed.strip():
            return address
        address = claimed.strip()
    return address
