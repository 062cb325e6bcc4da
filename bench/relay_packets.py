"""CPU time for each packet forwarded in a two-party call, beside the floor of the same work without a relay.

    .venv/bin/python -m bench.relay_packets [--packets 40000]

Both parts run on one core in this process. The floor is what no Python forwarder can save: pylibsrtp's unprotect and
protect, and one sendto. The relay's number is everything between a datagram handed over by the port and the datagram
sent: parse, count, cache, rewrite, protect, send; and, as a share of it, the RTCP composed on its timer.
Receiving from the socket and the clients are outside of both. JSON on standard output.
"""

import argparse
import json
import os
import random
import socket
import time
from collections.abc import Callable

import pylibsrtp

from relay.forwarder import TICK
from tests.relay.reference.python_forwarder import PythonForwarder
from tests.relay.reference.rtp import build, extension_element
from relay.media import Codec, Slot, Uplink
from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION, TRANSPORT_CC_EXTENSION

PROFILE = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM
EXTENSIONS = {ABS_SEND_TIME_EXTENSION: 2, TRANSPORT_CC_EXTENSION: 3, MID_EXTENSION: 4}
VP8 = Codec(96, "VP8", 90000, rtx_payload_type=97)
OPUS = Codec(111, "opus", 48000, 2)
VIDEO_SHARE = 0.75  # 150 video and 50 audio packets a second, as in FACTS
PACKETS_PER_SECOND = 200


def session(key: bytes, direction: int) -> pylibsrtp.Session:
    """One direction of SRTP as the relay makes it."""
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=PROFILE)
    policy.window_size = 1024
    return pylibsrtp.Session(policy)


def media(count: int) -> list[bytes]:
    """What a browser sends: 1100 octets of video, 80 of audio, with the three header extensions."""
    generator = random.Random(1)
    counters = {96: 0, 111: 0}
    packets = []
    for number in range(count):
        payload_type = 96 if generator.random() < VIDEO_SHARE else 111
        counters[payload_type] += 1
        sequence = counters[payload_type]
        elements = (
            extension_element(2, bytes(3))
            + extension_element(3, (number & 0xFFFF).to_bytes(2, "big"))
            + extension_element(4, b"1")
        )
        start = b"\x10" if sequence == 1 else b"\x10\x01"  # a VP8 keyframe, then others
        size = 1100 if payload_type == 96 else 80
        head = (payload_type, sequence & 0xFFFF, sequence * 500, payload_type)
        packets.append(build(head, elements, start + bytes(size)))
    return packets


def protected(packets: list[bytes], key: bytes) -> list[bytes]:
    """As they come from the network."""
    sender = session(key, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    return [sender.protect(packet) for packet in packets]


def floor(datagrams: list[bytes], key: bytes, send: Callable[[bytes], bool]) -> float:
    """Seconds of CPU for each packet: decrypt, encrypt, send."""
    receive = session(key, pylibsrtp.Policy.SSRC_ANY_INBOUND)
    outgoing = session(os.urandom(44), pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    started = time.process_time()
    for datagram in datagrams:
        send(outgoing.protect(receive.unprotect(datagram)))
    return (time.process_time() - started) / len(datagrams)


def relayed(datagrams: list[bytes], key: bytes, send: Callable[[bytes], bool]) -> tuple[float, float, int]:
    """Seconds of CPU for each packet in the relay, the timer's part of it, and how many packets went out."""
    forwarder = PythonForwarder(2_500_000, 3.9e9, random.SystemRandom())
    sent = 0

    def counted(datagram: bytes) -> bool:
        nonlocal sent
        sent += 1
        return send(datagram)

    publisher, subscriber = forwarder.add(send), forwarder.add(counted)
    forwarder.negotiate(
        publisher,
        [
            Uplink("0", "audio", "microphone", (OPUS,), EXTENSIONS, 111),
            Uplink("1", "video", "camera", (VP8,), EXTENSIONS, 96, 97),
        ],
        [],
    )
    slots = [
        Slot("2", "audio", (OPUS,), {MID_EXTENSION: 4, ABS_SEND_TIME_EXTENSION: 2}, 1),
        Slot("3", "video", (VP8,), {MID_EXTENSION: 4, ABS_SEND_TIME_EXTENSION: 2}, 2, 3),
    ]
    forwarder.negotiate(subscriber, [], slots)
    for peer, peer_key in ((publisher, key), (subscriber, os.urandom(44))):
        forwarder.secure(
            peer,
            session(peer_key, pylibsrtp.Policy.SSRC_ANY_INBOUND),
            session(os.urandom(44), pylibsrtp.Policy.SSRC_ANY_OUTBOUND),
        )
    forwarder.route(subscriber, "2", publisher, "0")
    forwarder.route(subscriber, "3", publisher, "1")
    timer = 0.0
    next_tick = 0.0
    started = time.process_time()
    for number, datagram in enumerate(datagrams):
        now = 100 + number / PACKETS_PER_SECOND
        forwarder.receive(publisher, datagram, now)
        if now >= next_tick:
            next_tick = now + TICK
            before = time.process_time()
            forwarder.tick(now)
            timer += time.process_time() - before
    return (time.process_time() - started) / len(datagrams), timer / len(datagrams), sent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=40_000)
    count = parser.parse_args().packets
    key = os.urandom(44)
    datagrams = protected(media(count), key)
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address = sink.getsockname()

    def send(datagram: bytes) -> bool:
        return udp.sendto(datagram, address) > 0

    bare = [floor(datagrams, key, send) for _ in range(3)]
    runs = [relayed(datagrams, key, send) for _ in range(3)]
    total, timer, sent = min(runs)
    result = {
        "packets": count,
        "forwarded": sent,
        "floor_us": round(1e6 * min(bare), 2),
        "relay_us": round(1e6 * total, 2),
        "of_which_timer_us": round(1e6 * timer, 2),
        "ratio": round(total / min(bare), 2),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
