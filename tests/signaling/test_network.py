"""Client addresses behind proxies."""

import pytest

from signaling.network import LOOPBACK, Network, client_address, household, is_in

PROXIES = (Network("10.0.0.0/8"), Network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("203.0.113.1", "198.51.100.1", "203.0.113.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "garbage", "garbage"),
        (None, "198.51.100.1", None),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(peer: str | None, forwarded_for: str, address: str) -> None:
    assert client_address(peer, forwarded_for, PROXIES) == address


def test_an_ipv4_address_is_the_same_inside_ipv6() -> None:
    assert is_in("::ffff:127.0.0.1", LOOPBACK)
    assert is_in("::1", LOOPBACK)
    assert not is_in("::ffff:203.0.113.1", LOOPBACK)
    assert not is_in("not an address", LOOPBACK)
    assert not is_in(None, LOOPBACK)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.1", "203.0.113.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.1"),
        ("garbage", "garbage"),
        ("", ""),
    ],
)
def test_an_ipv6_household_is_its_network(address: str, place: str) -> None:
    assert household(address) == place
