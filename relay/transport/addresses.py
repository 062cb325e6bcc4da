"""Where browsers are told to find the relay."""

import ipaddress

from aioice.ice import get_host_addresses


def host_addresses(*, ipv6: bool = False) -> list[str]:
    """The addresses of this machine's network interfaces; loopback if there is no other."""
    # A machine without network is still reached by its own browsers.
    return get_host_addresses(use_ipv4=True, use_ipv6=ipv6) or ["127.0.0.1"]


def candidates(host: str, announced: tuple[str, ...], port: int) -> tuple[tuple[str, int], ...]:
    """(address, port) for each candidate: the announced ones, else `host`,
    else those of the machine's interfaces.

    Raises ValueError for an announced address that is no IP address.
    """
    addresses = [str(ipaddress.ip_address(address)) for address in announced] or _own(host)
    return tuple((address, port) for address in addresses)


def _own(host: str) -> list[str]:
    address = ipaddress.ip_address(host)
    return host_addresses(ipv6=address.version == 6) if address.is_unspecified else [host]
