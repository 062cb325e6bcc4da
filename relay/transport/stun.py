"""The answering half of ICE for a lite agent (RFC 8445 2.5,
7.3) on STUN binding requests (RFC 8489). Pure.

A full agent, the browser, sends connectivity checks and later the same requests as consent
freshness (RFC 7675); each is answered from nothing but the datagram, its source address and the
local credentials it names. aioice parses STUN too, but raises whatever a malformed attribute makes
it raise.
"""

import ipaddress
from binascii import crc32
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest, digest
from struct import Struct, pack

Address = tuple[str, int] | tuple[str, int, int, int]
"""A socket address as Python gives it, of IPv4 or IPv6."""

HEADER_BYTES = 20
_COOKIE = 0x2112A442
_COOKIE_BYTES = pack("!I", _COOKIE)
_HEADER = Struct("!HHI12s")
_ATTRIBUTE = Struct("!HH")
_BINDING_REQUEST, _BINDING_SUCCESS, _BINDING_ERROR = 0x0001, 0x0101, 0x0111
_USERNAME, _MESSAGE_INTEGRITY, _ERROR_CODE, _UNKNOWN_ATTRIBUTES = 0x0006, 0x0008, 0x0009, 0x000A
_XOR_MAPPED_ADDRESS, _PRIORITY, _USE_CANDIDATE = 0x0020, 0x0024, 0x0025
_FINGERPRINT, _ICE_CONTROLLED = 0x8028, 0x8029
_UNDERSTOOD = {_USERNAME, _MESSAGE_INTEGRITY, _PRIORITY, _USE_CANDIDATE}
_INTEGRITY_BYTES, _FINGERPRINT_BYTES = 24, 8  # attribute header and value
_FINGERPRINT_XOR = 0x5354554E


@dataclass(frozen=True)
class Check:
    """A connectivity check that proved to come from the peer which was given `ufrag`."""

    ufrag: str
    """The local username fragment."""
    nominated: bool
    """USE-CANDIDATE: the peer wants this pair used."""
    transaction_id: bytes
    """12 octets, chosen at random by the peer for this check
    and its retransmissions (RFC 8489 5).
    """
    response: bytes


@dataclass(frozen=True)
class Refusal:
    """A request that is not to be believed."""

    reason: str
    """For counting: one of a fixed set of words."""
    response: bytes | None = None
    """The STUN error to answer with, if any."""


@dataclass(frozen=True)
class _Request:
    transaction_id: bytes
    attributes: dict[int, bytes]
    """The first of each type; after MESSAGE-INTEGRITY only FINGERPRINT counts (RFC 8489 14.5)."""
    integrity_at: int
    """Where MESSAGE-INTEGRITY begins, 0 if there is none."""


def respond(
    datagram: bytes, address: Address, password: Callable[[str], str | None]
) -> Check | Refusal:
    """Answer one STUN datagram from `address`. `password` looks up a local username fragment.
    Never raises.

    Anything but a binding request with a correct FINGERPRINT is dropped silently: ICE requires that
    attribute (RFC 8445 7.1), and without it a stray packet of another protocol would be answered.
    """
    request = _parse(datagram)
    if isinstance(request, Refusal):
        return request
    username = request.attributes.get(_USERNAME)
    if username is None or not request.integrity_at:
        return _refuse("stun_no_credentials", datagram, request, 400)
    ufrag = username.partition(b":")[0].decode("ascii", "replace")
    secret = password(ufrag)
    if secret is None or not _authentic(datagram, request, secret.encode()):
        return _refuse("stun_unauthenticated", datagram, request, 401)
    return _answer_authentic(datagram, address, request, ufrag, secret.encode())


def _answer_authentic(
    datagram: bytes, address: Address, request: _Request, ufrag: str, secret: bytes
) -> Check | Refusal:
    unknown = [kind for kind in request.attributes if kind < 0x8000 and kind not in _UNDERSTOOD]
    if unknown:
        listed = _encode(_UNKNOWN_ATTRIBUTES, b"".join(pack("!H", kind) for kind in unknown))
        return _refuse("stun_unknown_attribute", datagram, request, 420, listed, secret)
    if _ICE_CONTROLLED in request.attributes:
        # The lite side is always the controlled one, so the full agent must switch (RFC 8445 6.1.1,
        # 7.3.1.1).
        return _refuse("stun_role_conflict", datagram, request, 487, secret=secret)
    mapped = _encode(_XOR_MAPPED_ADDRESS, _xor_address(address, request.transaction_id))
    response = _message(_BINDING_SUCCESS, request.transaction_id, mapped, secret)
    return Check(ufrag, _USE_CANDIDATE in request.attributes, request.transaction_id, response)


# --- reading
# ------------------------------------------------------------------------------------------------


def _parse(datagram: bytes) -> _Request | Refusal:
    if len(datagram) < HEADER_BYTES:
        return Refusal("stun_malformed")
    kind, length, cookie, transaction_id = _HEADER.unpack_from(datagram)
    if cookie != _COOKIE or length % 4 or length != len(datagram) - HEADER_BYTES:
        return Refusal("stun_malformed")
    if kind != _BINDING_REQUEST:
        # Indications are keep-alives; responses cannot be for a lite agent, which asks nothing.
        return Refusal("stun_not_a_request")
    return _parse_attributes(datagram, transaction_id)


def _parse_attributes(datagram: bytes, transaction_id: bytes) -> _Request | Refusal:
    attributes: dict[int, bytes] = {}
    integrity_at = fingerprint_at = 0
    at = HEADER_BYTES
    while at < len(datagram):
        kind, length = _ATTRIBUTE.unpack_from(datagram, at)
        value = datagram[at + 4 : at + 4 + length]
        if len(value) != length or fingerprint_at:
            return Refusal("stun_malformed")
        if kind == _FINGERPRINT:
            fingerprint_at = at
        elif not integrity_at:
            attributes.setdefault(kind, value)
            integrity_at = at if kind == _MESSAGE_INTEGRITY else 0
        at += 4 + length + -length % 4
    if not fingerprint_at or datagram[fingerprint_at:] != _fingerprint(datagram[:fingerprint_at]):
        return Refusal("stun_bad_fingerprint")
    return _Request(transaction_id, attributes, integrity_at)


def _authentic(datagram: bytes, request: _Request, secret: bytes) -> bool:
    expected = _integrity(datagram[: request.integrity_at], secret)
    return compare_digest(expected[4:], request.attributes[_MESSAGE_INTEGRITY])


# --- writing
# ------------------------------------------------------------------------------------------------


def _refuse(
    reason: str,
    datagram: bytes,
    request: _Request,
    code: int,
    extra: bytes = b"",
    secret: bytes | None = None,
) -> Refusal:
    """An error response, but never a longer one than its request:
    a forged source address gains no amplification.
    """
    error = _encode(_ERROR_CODE, pack("!HBB", 0, code // 100, code % 100)) + extra
    response = _message(_BINDING_ERROR, request.transaction_id, error, secret)
    return Refusal(reason, response if len(response) <= len(datagram) else None)


def _message(kind: int, transaction_id: bytes, attributes: bytes, secret: bytes | None) -> bytes:
    message = _HEADER.pack(kind, len(attributes), _COOKIE, transaction_id) + attributes
    if secret is not None:
        message += _integrity(message, secret)
    return _with_length(message, _FINGERPRINT_BYTES) + _fingerprint(message)


def _encode(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _with_length(message: bytes, following: int) -> bytes:
    """The message so far, its header counting `following` bytes more."""
    return message[:2] + pack("!H", len(message) - HEADER_BYTES + following) + message[4:]


def _integrity(message: bytes, secret: bytes) -> bytes:
    return _encode(
        _MESSAGE_INTEGRITY, digest(secret, _with_length(message, _INTEGRITY_BYTES), "sha1")
    )


def _fingerprint(message: bytes) -> bytes:
    return _encode(
        _FINGERPRINT,
        pack("!I", crc32(_with_length(message, _FINGERPRINT_BYTES)) ^ _FINGERPRINT_XOR),
    )


def _xor_address(address: Address, transaction_id: bytes) -> bytes:
    host = ipaddress.ip_address(address[0].partition("%")[0])
    if isinstance(host, ipaddress.IPv6Address) and host.ipv4_mapped:
        host = host.ipv4_mapped  # a dual-stack socket shows IPv4 peers so
    mask = (_COOKIE_BYTES + transaction_id)[: len(host.packed)]
    masked = bytes(a ^ b for a, b in zip(host.packed, mask, strict=True))
    family = 1 if host.version == 4 else 2
    return pack("!BBH", 0, family, address[1] ^ (_COOKIE >> 16)) + masked
