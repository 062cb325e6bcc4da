"""The ICE-lite responder: what it answers, what it refuses, and that nothing makes it raise."""

import ipaddress
import os
from collections.abc import Callable
from struct import pack

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from relay.negotiation.credentials import IceCredentials
from relay.transport.stun import Address, Check, Refusal, respond

LOCAL = IceCredentials.generate(os.urandom)
ADDRESS = ("192.0.2.7", 50000)


def password(ufrag: str) -> str | None:
    """The one known peer."""
    return LOCAL.pwd if ufrag == LOCAL.ufrag else None


def request(
    *, nominate: bool = True, username: str | None = None, secret: str = LOCAL.pwd
) -> stun.Message:
    """A check as a browser sends it."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = username if username is not None else f"{LOCAL.ufrag}:remote"
    message.attributes["ICE-CONTROLLING"] = 7
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.attributes["PRIORITY"] = 1
    message.add_message_integrity(secret.encode())
    return message


def error_of(refusal: Check | Refusal) -> int | None:
    """The code of the error response."""
    assert isinstance(refusal, Refusal)
    assert refusal.response is not None
    return stun.parse_message(refusal.response).error_code


@pytest.mark.parametrize(
    ("address", "mapped"),
    [
        (ADDRESS, ADDRESS),
        (("::ffff:192.0.2.7", 50000, 0, 0), ADDRESS),
        (("2001:db8::1", 50000, 0, 0), ("2001:db8::1", 50000)),
        (("fe80::1%eth0", 50000, 0, 2), ("fe80::1", 50000)),
    ],
)
def test_a_check_is_answered_with_the_address_it_came_from(
    address: Address, mapped: tuple[str, int]
) -> None:
    message = request()
    check = respond(bytes(message), address, password)
    assert isinstance(check, Check)
    response = stun.parse_message(check.response)
    assert response.message_class == stun.Class.RESPONSE
    assert response.transaction_id == message.transaction_id
    assert response.attributes["XOR-MAPPED-ADDRESS"] == mapped
    assert response.check_message_integrity(LOCAL.pwd.encode())
    assert "FINGERPRINT" in response.attributes
    assert check.ufrag == LOCAL.ufrag


@pytest.mark.parametrize("nominate", [True, False])
def test_use_candidate_nominates(nominate: bool) -> None:
    check = respond(bytes(request(nominate=nominate)), ADDRESS, password)
    assert isinstance(check, Check)
    assert check.nominated is nominate


def test_a_request_without_credentials_is_a_bad_request() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["PRIORITY"] = 1
    message.attributes["SOFTWARE"] = "long enough that the error is not longer"
    message.add_fingerprint()
    refusal = respond(bytes(message), ADDRESS, password)
    assert error_of(refusal) == 400


@pytest.mark.parametrize("username", ["unknown:remote", "", ":", "é:x"])
def test_an_unknown_user_is_unauthenticated(username: str) -> None:
    assert error_of(respond(bytes(request(username=username)), ADDRESS, password)) == 401


def test_a_wrong_password_is_unauthenticated() -> None:
    assert error_of(respond(bytes(request(secret="x" * 22)), ADDRESS, password)) == 401


def test_a_changed_request_is_unauthenticated() -> None:
    datagram = bytearray(bytes(request(nominate=False)))
    at = datagram.index(pack("!HHI", 0x0024, 4, 1))
    datagram[at + 7] ^= 1
    refusal = respond(with_fingerprint(bytes(datagram[:-8])), ADDRESS, password)
    assert error_of(refusal) == 401


def test_an_unknown_required_attribute_is_named() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{LOCAL.ufrag}:remote"
    message.attributes["CHANGE-REQUEST"] = 6
    message.add_message_integrity(LOCAL.pwd.encode())
    refusal = respond(bytes(message), ADDRESS, password)
    assert error_of(refusal) == 420
    assert isinstance(refusal, Refusal)
    assert pack("!HHH", 0x000A, 2, 0x0003) in (refusal.response or b"")


def test_a_peer_in_the_controlled_role_is_told_to_switch() -> None:
    message = request()
    del message.attributes["ICE-CONTROLLING"]
    message.attributes["ICE-CONTROLLED"] = 7
    message.add_message_integrity(LOCAL.pwd.encode())
    refusal = respond(bytes(message), ADDRESS, password)
    assert error_of(refusal) == 487


@pytest.mark.parametrize(
    "change", [lambda d: d[:-1] + bytes([d[-1] ^ 1]), lambda d: d[:2] + pack("!H", 0) + d[4:20]]
)
def test_a_wrong_fingerprint_is_not_answered(change: Callable[[bytes], bytes]) -> None:
    outcome = respond(change(bytes(request())), ADDRESS, password)
    assert outcome == Refusal("stun_bad_fingerprint")


def test_other_messages_than_binding_requests_are_not_answered() -> None:
    for method, kind in (
        (stun.Method.BINDING, stun.Class.INDICATION),
        (stun.Method.ALLOCATE, stun.Class.REQUEST),
    ):
        message = stun.Message(method, kind)
        message.add_fingerprint()
        assert respond(bytes(message), ADDRESS, password) == Refusal("stun_not_a_request")


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(datagram: bytes) -> None:
    assert isinstance(respond(datagram, ADDRESS, password), Refusal)


@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40), st.integers(0, 60)), max_size=8
    ),
    st.binary(min_size=12, max_size=12),
)
def test_any_attributes_are_survived_and_never_amplified(
    attributes: list[tuple[int, bytes, int]], transaction: bytes
) -> None:
    body = b"".join(
        pack("!HH", kind, length if length > 40 else len(value)) + value + bytes(-len(value) % 4)
        for kind, value, length in attributes
    )
    datagram = with_fingerprint(pack("!HHI", 1, 0, 0x2112A442) + transaction + body)
    outcome = respond(datagram, ADDRESS, password)
    assert isinstance(outcome, Refusal)
    assert outcome.response is None or len(outcome.response) <= len(datagram)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_altered_check_is_believed(position: int, flip: int) -> None:
    datagram = bytearray(bytes(request()))
    datagram[position % len(datagram)] ^= flip
    assert isinstance(respond(bytes(datagram), ADDRESS, password), Refusal)


@given(st.ip_addresses(), st.integers(1, 65535))
def test_every_address_is_mapped(
    host: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    address: Address = (str(host), port) if host.version == 4 else (str(host), port, 0, 0)
    check = respond(bytes(request()), address, password)
    assert isinstance(check, Check)
    told = stun.parse_message(check.response).attributes["XOR-MAPPED-ADDRESS"]
    mapped = host.ipv4_mapped if isinstance(host, ipaddress.IPv6Address) else None
    assert told == (str(mapped or host), port)


def with_fingerprint(message: bytes) -> bytes:
    """The message with its length set right and FINGERPRINT added."""
    message = message[:2] + pack("!H", len(message) - 20 + 8) + message[4:]
    return message + pack("!HHI", 0x8028, 4, stun.message_fingerprint(message))
