"""Client addresses behind proxies."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.kernel.network import LOOPBACK, Network, client_address, household, is_in

PROXIES = (Network("10.0.0.0/8"), Network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "lines", "address"),
    [
        ("203.0.113.1", ["198.51.100.1"], "203.0.113.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("fd00::1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["", " , "], "10.0.0.1"),
        (None, ["198.51.100.1"], None),
        # a proxy may add a line of its own below the client's
        ("10.0.0.1", ["192.0.2.66", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["127.0.0.1", "198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        # as proxies write addresses
        ("10.0.0.1", ["198.51.100.1:50123"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:50123"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:DB8:0::1]"], "2001:db8::1"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        # what is not an address is nobody's
        ("10.0.0.1", ["garbage"], None),
        ("10.0.0.1", ["198.51.100.1, unknown"], None),
        ("10.0.0.1", ["fe80::1%" + "z" * 100], None),
        ("10.0.0.1", ["2001:db8::1:50123:50123:50123:1:1:1:1"], None),
        ("10.0.0.1", ["198.51.100.1\0"], None),
        ("10.0.0.1", ["١٩٨.51.100.1"], None),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(
    peer: str | None, lines: list[str], address: str | None
) -> None:
    assert client_address(peer, lines, PROXIES) == address


@given(st.lists(st.text(max_size=80), max_size=3))
def test_whatever_a_proxy_passes_on_the_result_is_an_address_or_none(lines: list[str]) -> None:
    address = client_address("10.0.0.1", lines, PROXIES)
    assert address is None or str(ip_address(address)) == address


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
        ("::ffff:203.0.113.1", "203.0.113.1"),
        ("garbage", "garbage"),
        ("", ""),
    ],
)
def test_an_ipv6_household_is_its_network(address: str, place: str) -> None:
    assert household(address) == place
