"""What the load generator counts of what reaches a client: a packet
that comes twice was forwarded once.
"""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pylibsrtp import Policy, Session

from relay.load.generator import Figures, Generator

SSRC = 77


@dataclass
class Wire:
    socket: socket.socket
    send: Session
    receive: Session


def session(direction: int) -> Session:
    return Session(Policy(key=bytes(30), ssrc_type=direction))


@contextmanager
def client() -> Iterator[tuple[Generator, socket.socket]]:
    """A generator with one client that sends nothing, and the server's end of its wire."""
    generator = Generator()
    ours, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    generator.add(
        Wire(ours, session(Policy.SSRC_ANY_OUTBOUND), session(Policy.SSRC_ANY_INBOUND)), b"", ()
    )
    try:
        yield generator, server
    finally:
        generator.close()
        server.close()


def sound(first: int, count: int) -> list[bytes]:
    """Encrypted packets, one after the other."""
    server = session(Policy.SSRC_ANY_OUTBOUND)
    header = bytes([0x80, 111])
    return [
        server.protect(
            header
            + (number % 0x10000).to_bytes(2, "big")
            + bytes(4)
            + SSRC.to_bytes(4, "big")
            + bytes(80)
        )
        for number in range(first, first + count)
    ]


async def received(
    generator: Generator, server: socket.socket, datagrams: Sequence[bytes]
) -> Figures:
    """What is counted once all of them were read."""
    for datagram in datagrams:
        server.send(datagram)
        await asyncio.to_thread(generator.drain, 0.001)
    await asyncio.to_thread(generator.drain, 0.1)
    return generator.total()


async def test_copies_are_told_apart_from_packets_and_hide_no_loss() -> None:
    packets = sound(0, 40)
    # Of 4 neither copy came.
    arrived = [packet for number, packet in enumerate(packets) if number % 10 != 3]
    with client() as (generator, server):
        figures = await received(
            generator, server, [copy for packet in arrived for copy in (packet, packet)]
        )
    assert (figures.forwarded, figures.repeated, figures.unreadable) == (36, 36, 0)


async def test_a_copy_counts_as_the_packet_if_it_comes_alone_or_late() -> None:
    packets = sound(0xFFF8, 20)
    late = [*packets[:5], *packets[6:], packets[5], packets[5]]
    with client() as (generator, server):
        figures = await received(generator, server, late)
    assert (figures.forwarded, figures.repeated, figures.unreadable) == (20, 1, 0)


async def test_what_cannot_be_decrypted_was_not_forwarded() -> None:
    packets = sound(0, 10)
    forged = packets[4][:-1] + bytes([packets[4][-1] ^ 1])
    with client() as (generator, server):
        figures = await received(
            generator, server, [*packets[:4], forged, packets[4], *packets[5:]]
        )
    assert (figures.forwarded, figures.repeated, figures.unreadable) == (10, 0, 1)


async def test_a_copy_of_what_was_lost_on_purpose_is_no_second_packet() -> None:
    packets = sound(0, 200)
    with client() as (generator, server):
        generator.set_loss(0.5)
        figures = await received(
            generator, server, [copy for packet in packets for copy in (packet, packet)]
        )
    assert (figures.forwarded, figures.repeated, figures.unreadable) == (200, 200, 0)
    assert figures.lost_down > 0
