"""The port: what gets through to whom, and what is dropped and counted."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relay.engine import Engine
from relay.negotiation.answer import LocalDescription
from relay.negotiation.negotiate import answer
from relay.transport import port as port_module
from relay.transport.dtls import Certificate, DtlsTransport, SrtpKeys
from relay.transport.port import CLAIM_SECONDS, MAX_ADDRESSES, MAX_CHECKS, Link, Port
from relay.transport.stun import Address
from tests.patience import PATIENCE
from tests.relay.client import Client
from tests.relay.ports import Ear, open_port
from tests.support.effort import effort

MEDIA = b"\x80" + bytes(40)
DTLS = b"\x16\xfe\xfd" + bytes(40)


class Relay:
    """A port, its engine, and what they dropped."""

    def __init__(self) -> None:
        self.port, self.engine = open_port()
        self.local = LocalDescription(
            Certificate.generate().fingerprint, (("127.0.0.1", self.port.number),)
        )

    async def peer(self, client: Client) -> Link:
        """A link for the client, which has learnt where to check but has not."""
        negotiation = answer(*client.offer(), self.local)
        link = self.port.link(self.engine.add(1))
        link.accept(negotiation.local_ice)
        client.follow(negotiation.answer)
        await client.bind()
        return link

    async def dropped(self, reason: str, count: int = 1) -> None:
        """Wait until so many datagrams were dropped for this reason."""
        async with asyncio.timeout(PATIENCE):
            while self.drops()[reason] < count:  # noqa: ASYNC110  a counter, not an event
                await asyncio.sleep(0.005)

    def drops(self) -> Counter[str]:
        """Datagrams dropped so far, by reason; `before_dtls` is media that reached its peer."""
        return self.port.dropped + Counter(self.engine.counters()["dropped"])


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = Relay()
    yield relay
    await relay.port.close()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    client = Client()
    yield client
    await client.close()


async def test_media_and_dtls_of_an_unknown_address_are_dropped(
    relay: Relay, client: Client
) -> None:
    link = await relay.peer(client)
    client.send_datagram(MEDIA)
    client.send_datagram(DTLS)
    await relay.dropped("unknown_address", 2)
    assert link.address is None
    assert not link.send(b"x")


async def test_an_authenticated_check_opens_the_way(relay: Relay, client: Client) -> None:
    link = await relay.peer(client)
    taken: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def take(datagram: bytes) -> bool:
        taken.set_result(datagram)
        return True

    link.receive_dtls = take
    await client.check()
    client.send_datagram(DTLS)
    client.send_datagram(MEDIA)
    await relay.dropped("before_dtls")
    assert await asyncio.wait_for(taken, PATIENCE) == DTLS
    assert link.address == client.address


async def test_a_check_with_wrong_credentials_opens_nothing(relay: Relay, client: Client) -> None:
    await relay.peer(client)
    message = client.check_request()
    message.add_message_integrity(b"wrong")
    client.send_datagram(bytes(message))
    await relay.dropped("stun_unauthenticated")
    client.send_datagram(MEDIA)
    await relay.dropped("unknown_address")


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", "length"),
        (bytes(1501), "length"),
        (b"\x80" * 11, "length"),
        (b"\x16" * 12, "length"),
        (b"\x10" * 40, "first_byte"),
        (b"\x40" * 40, "first_byte"),
        (b"\xff" * 40, "first_byte"),
        (b"\x00" * 8, "stun_malformed"),
    ],
)
async def test_what_does_not_fit_is_dropped(
    relay: Relay, client: Client, datagram: bytes, reason: str
) -> None:
    await relay.peer(client)
    await client.check()
    client.send_datagram(datagram)
    await relay.dropped(reason)
    assert not relay.drops()["before_dtls"]


async def test_a_full_dtls_queue_is_counted(relay: Relay, client: Client) -> None:
    link = await relay.peer(client)
    link.receive_dtls = lambda _datagram: False
    await client.check()
    client.send_datagram(DTLS)
    await relay.dropped("dtls_queue_full")


async def test_a_nomination_moves_the_peer_and_a_mere_check_does_not(
    relay: Relay, client: Client
) -> None:
    link = await relay.peer(client)
    await client.check(nominate=False)
    assert link.address == client.address  # nothing is nominated yet, and DTLS must be answered
    await client.check()
    nominated = client.address
    await client.bind()
    await client.check(nominate=False)
    assert link.address == nominated
    await client.check()
    assert link.address == client.address != nominated
    assert link.send(MEDIA[:1] + b"\xc8" + bytes(10)) is True


class Elsewhere:
    """A port for a link alone."""

    def direct(self, link: Link, address: Address | None, local: str | None) -> None:
        """Media would go there."""


def test_a_peer_that_falls_silent_is_followed_to_where_it_checks_from() -> None:
    old, new = ("192.0.2.1", 1), ("192.0.2.1", 2)
    link = Link(cast("Port", Elsewhere()), 1)
    link.checked(old, None, nominated=True, now=10.0)
    link.checked(old, None, nominated=False, now=15.0)
    link.checked(new, None, nominated=False, now=17.0)
    assert link.address == old
    link.checked(new, None, nominated=False, now=20.0)
    assert link.address == new
    assert link.last_check == 20.0


async def test_a_check_that_is_repeated_from_elsewhere_moves_nothing(
    relay: Relay, client: Client
) -> None:
    link = await relay.peer(client)
    overheard = bytes(client.check_request())
    client.send_datagram(overheard)
    client.send_datagram(overheard)  # the browser retransmits
    await until_checked(link)
    attackers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(MAX_ADDRESSES + 1)]
    for attacker in attackers:
        attacker.sendto(overheard, ("127.0.0.1", relay.port.number))
    await relay.dropped("stun_replayed", len(attackers))
    assert link.address == client.address
    attackers[0].sendto(MEDIA, ("127.0.0.1", relay.port.number))
    await relay.dropped("unknown_address")
    client.send_datagram(MEDIA)
    await relay.dropped("before_dtls")  # its own address is still the peer's
    client.send_datagram(overheard)
    await client.check()  # the retransmission before it was answered, too: nothing else is counted
    assert relay.drops() == {
        "stun_replayed": len(attackers),
        "unknown_address": 1,
        "before_dtls": 1,
    }
    for attacker in attackers:
        attacker.close()


async def until_checked(link: Link) -> None:
    """Wait until a check of the peer has been authenticated."""
    async with asyncio.timeout(PATIENCE):
        while link.last_check is None:  # noqa: ASYNC110  a time, not an event
            await asyncio.sleep(0.005)


def test_a_peer_that_moves_is_known_by_new_checks_and_old_ones_are_remembered_in_bounds() -> None:
    old, new = ("192.0.2.1", 1), ("192.0.2.1", 2)
    link = Link(cast("Port", Elsewhere()), 1)
    ids = [number.to_bytes(12) for number in range(MAX_CHECKS + 1)]
    assert not any(link.replayed(number, old) for number in ids[:MAX_CHECKS])
    assert link.replayed(ids[0], new)
    assert not link.replayed(ids[0], old)
    assert not link.replayed(ids[MAX_CHECKS], new)  # takes the place of the oldest
    assert link.replayed(ids[1], new)
    assert not link.replayed(ids[0], new)


async def test_a_living_address_cannot_be_taken_over_by_another_peer(
    relay: Relay, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = await relay.peer(client)
    ear = Ear(relay.engine, victim.key, SrtpKeys("SRTP_AEAD_AES_256_GCM", bytes(44), bytes(44)))
    await client.check()
    other = Client()
    await relay.peer(other)
    # As if the other peer could forge the victim's source address.
    forged = bytes(other.check_request())
    client.send_datagram(forged)
    await relay.dropped("address_taken")
    client.send_datagram(MEDIA)
    await relay.dropped("srtp_refused")  # the victim's keys were tried
    monkeypatch.setattr(port_module, "CLAIM_SECONDS", -1.0)
    assert CLAIM_SECONDS > 6  # browsers check each 2.5 to 6 s
    client.send_datagram(forged)
    await taken_over(relay, client)
    await other.close()
    del ear


async def taken_over(relay: Relay, client: Client) -> None:
    """Wait until the address speaks for the peer without keys."""
    async with asyncio.timeout(PATIENCE):
        while not relay.drops()["before_dtls"]:
            client.send_datagram(MEDIA)
            await asyncio.sleep(0.005)


async def test_a_closed_link_is_forgotten(relay: Relay, client: Client) -> None:
    link = await relay.peer(client)
    await client.check()
    link.close()
    client.send_datagram(MEDIA)
    await relay.dropped("unknown_address")
    client.send_datagram(bytes(client.check_request()))
    await relay.dropped("stun_unauthenticated")
    assert not link.send(b"x")


async def test_a_restart_keeps_the_credentials_before_it_and_no_older_ones(
    relay: Relay, client: Client
) -> None:
    link = await relay.peer(client)
    checks = [bytes(client.check_request())]
    for _ in range(2):
        client.ice = Client().ice
        negotiation = answer(*client.offer(), relay.local)
        link.accept(negotiation.local_ice)
        client.send_datagram(checks[-1])
        client.follow(negotiation.answer)
        await client.check()
        checks.append(bytes(client.check_request()))
    assert not relay.drops()
    client.send_datagram(checks[0])
    await relay.dropped("stun_unauthenticated")


async def test_a_peer_has_a_bounded_number_of_addresses(relay: Relay, client: Client) -> None:
    await relay.peer(client)
    await client.check()
    sockets = []
    loop = asyncio.get_running_loop()
    for _ in range(MAX_ADDRESSES):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.setblocking(False)
        sockets.append(udp)
        await loop.sock_sendto(udp, bytes(client.check_request()), ("127.0.0.1", relay.port.number))
        await asyncio.wait_for(loop.sock_recv(udp, 2000), PATIENCE)
    client.send_datagram(MEDIA)
    await relay.dropped("unknown_address")  # the first address was the oldest
    for udp in sockets:
        udp.close()


async def test_a_send_that_cannot_be_is_a_counted_drop(relay: Relay) -> None:
    assert not relay.port.send(b"x", ("0.0.0.0", 0))
    assert not relay.port.send(bytes(70_000), ("127.0.0.1", 9))
    assert relay.port.dropped["send_failed"] == 2


async def test_a_full_send_buffer_is_a_counted_drop() -> None:
    class Full(socket.socket):
        def sendmsg(self, *_arguments: object) -> int:  # a real one cannot be filled on loopback
            raise BlockingIOError

    udp = Full(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    port = Port(udp, Engine(udp.fileno(), 0.0, 1_000_000), lambda: None)
    assert not port.send(b"x", ("127.0.0.1", 9))
    assert port.dropped["send_buffer_full"] == 1
    await port.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
@pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
async def test_a_dual_stack_port_serves_both_families(host: str) -> None:
    port, engine = open_port("::")
    client = Client(host)
    local = LocalDescription(Certificate.generate().fingerprint, ((host, port.number),))
    negotiation = answer(*client.offer(), local)
    link = port.link(engine.add(1))
    link.accept(negotiation.local_ice)
    client.follow(negotiation.answer)
    await client.bind()
    response = await client.check()
    assert response.attributes["XOR-MAPPED-ADDRESS"] == client.address[:2]
    assert link.send(b"\x16")
    await client.close()
    await port.close()


@settings(
    max_examples=effort(15, long=500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_no_datagrams_of_one_peer_or_a_stranger_end_anothers_association(
    data: st.DataObject,
) -> None:
    datagrams = data.draw(st.lists(hostile_datagrams(), min_size=1, max_size=30))
    asyncio.run(_disturb(datagrams, connected=data.draw(st.booleans())))


def hostile_datagrams() -> st.SearchStrategy[bytes]:
    """Anything, with a taste for what looks like STUN, DTLS and RTP."""

    def prefixed(prefix: bytes) -> Callable[[bytes], bytes]:
        return lambda rest: prefix + rest

    prefixes = (
        b"",
        b"\x00\x01\x00\x00\x21\x12\xa4\x42",
        b"\x16\xfe\xff",
        b"\x17\xfe\xfd\x00\x01",
        b"\x15\xfe\xfd",
        b"\x80\xc8",
    )
    anything = st.binary(max_size=1600)
    return st.one_of([anything.map(prefixed(prefix)) for prefix in prefixes])


async def _disturb(datagrams: list[bytes], *, connected: bool) -> None:
    """A good client stays connected while a stranger and an authenticated
    but hostile peer send `datagrams`.

    `connected`: the hostile peer has finished a handshake of its own before.
    """
    port, engine = open_port()
    certificate = Certificate.generate()
    local = LocalDescription(certificate.fingerprint, (("127.0.0.1", port.number),))
    loop = asyncio.get_running_loop()
    good, hostile, stranger = Client(), Client(), Client()
    keys: asyncio.Future[SrtpKeys] = loop.create_future()
    ended: list[str] = []
    transports = []
    for client, on_connected in ((good, keys.set_result), (hostile, lambda _keys: None)):
        negotiation = answer(*client.offer(), local)
        link = port.link(engine.add(1))
        link.accept(negotiation.local_ice)
        close = ended.append if client is good else (lambda _reason: None)
        transports.append(
            DtlsTransport(link, certificate, negotiation.fingerprints, on_connected, close)
        )
        client.follow(negotiation.answer)
        await client.bind()
        await client.check()
    stranger.remote_address = ("127.0.0.1", port.number)
    await stranger.bind()
    fingerprint = local.fingerprint
    if connected:
        await hostile.connect(answer_of(hostile, port, fingerprint.algorithm, fingerprint.value))
    for datagram in datagrams:
        hostile.send_datagram(datagram)
        stranger.send_datagram(datagram)
    await good.check()
    await good.connect(answer_of(good, port, fingerprint.algorithm, fingerprint.value))
    ear = Ear(engine, 1, await asyncio.wait_for(keys, PATIENCE))
    for datagram in datagrams:
        hostile.send_datagram(datagram)
        stranger.send_datagram(datagram)
    await good.check()
    packet = b"\x80\x60" + bytes(6) + b"good" + b"payload"
    good.send_rtp(packet)
    await ear.hears()
    assert not ended
    for transport in transports:
        await transport.close()
    for client in (good, hostile, stranger):
        await client.close()
    await port.close()


def answer_of(client: Client, port: Port, algorithm: str, value: str) -> str:
    """The lines of an answer that the client follows, once more."""
    return (
        f"a=ice-ufrag:{client._remote.ufrag}\na=ice-pwd:{client._remote.pwd}\n"
        f"a=fingerprint:{algorithm} {value}\n"
        f"a=candidate:1 1 udp 1 127.0.0.1 {port.number} typ host\n"
    )
