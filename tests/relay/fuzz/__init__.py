"""Fuzz targets for all that reads peers' bytes, and the inputs that they start from."""

import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.relay import sanitized
from tests.relay.engine.pair import rtcp

TARGETS = sorted(Path(__file__).parent.glob("*/*.c"))
CORPORA = Path(__file__).parent / "corpora"
"""By target: inputs that reach something which no other one does,
as libFuzzer chose them from its runs.
"""


def fuzz(target: Path, folder: Path, seconds: int) -> bool:
    """Build one target and run it; false if it found something."""
    corpus = folder / f"{target.stem}-corpus"
    corpus.mkdir(exist_ok=True)
    for index, data in enumerate(SEEDS[target.stem]()):
        (corpus / f"seed-{index}").write_bytes(data)
    program = sanitized.fuzzer(target)
    seeds = CORPORA / target.stem
    command: list[str | Path] = [
        program,
        f"-max_total_time={seconds}",
        "-max_len=32768",
        corpus.resolve(),
        seeds,
    ]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


def keep(target: Path, folder: Path) -> None:
    """Add what the last run found to the target's corpus in the tree, as far
    as it reaches anything new.
    """
    program, corpus = sanitized.fuzzer(target), (folder / f"{target.stem}-corpus").resolve()
    seeds = CORPORA / target.stem
    seeds.mkdir(exist_ok=True)
    subprocess.run(
        [program, "-set_cover_merge=1", "-max_len=2000", seeds, corpus], cwd=folder, check=True
    )


def _rtp() -> Iterator[bytes]:
    head = struct.pack("!BBHII", 0x80, 96, 1, 2, 0x03030303)
    extended = struct.pack("!BBHII", 0x90, 96, 2, 2, 0x03030303)
    yield head + b"\x10\x00" + bytes(20)
    yield extended + b"\xbe\xde\0\2\x31\0\1\x40\x31\0\0\0" + b"\x90\x80\x81\x02\x00" + bytes(9)
    yield extended + b"\x10\0\0\2\3\2\0\1\4\1\x31\0" + b"\x7c\x85" + bytes(9)
    yield b"\xb1" + extended[1:] + bytes(4) + b"\xbe\xde\0\0" + b"\x41" + bytes(9) + b"\3"
    yield struct.pack("!BBHII", 0x80, 97, 9, 2, 0x04040404) + b"\0\1\x10\x00" + bytes(20)


def _rtcp() -> Iterator[bytes]:
    report = struct.pack("!6I", 0x01010101, 0x20000003, 70000, 9, 5, 6)
    yield rtcp(200, 1, struct.pack("!IQIII", 0x03030303, 1 << 60, 2, 3, 4) + report)
    yield rtcp(201, 2, struct.pack("!I", 1) + 2 * report) + rtcp(
        202, 1, struct.pack("!I", 1) + b"\1\1a\0"
    )
    yield rtcp(203, 1, struct.pack("!I", 0x03030303))
    yield rtcp(205, 1, struct.pack("!IIHHHH", 1, 0x01010101, 100, 0xFFFF, 101, 0))
    yield rtcp(206, 1, struct.pack("!II", 1, 0x01010101)) + rtcp(
        206, 4, struct.pack("!IIII", 1, 0, 0x01010101, 0)
    )
    yield rtcp(206, 15, struct.pack("!II4sII", 1, 0, b"REMB", 0x01_FC_FF_FF, 0x01010101))


def _step(what: int, who: int, data: bytes) -> bytes:
    return struct.pack("<BBH", what, who, len(data)) + data


TICK, NEGOTIATE, LEAVE, ROUTE, TAP, DRAIN, END, DIRECT, KEYFRAME, PACKET = range(10)
"""What happens in room.c."""


def _media(
    kind: int, ssrc: int, numbers: Sequence[int], payload: bytes, rid: bytes = b""
) -> Iterator[bytes]:
    for number in numbers:
        elements = (
            b"\x31" + struct.pack("!H", number & 0xFFFF) + b"\x40" + (b"0" if kind == 111 else b"1")
        )
        elements += b"\x60" + rid if rid else b""
        elements += bytes(-len(elements) % 4)
        head = struct.pack("!BBHII", 0x90, kind, number & 0xFFFF, 960 * number & 0xFFFFFFFF, ssrc)
        yield _step(
            PACKET, 0, head + struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements + payload
        )


def _room() -> Iterator[bytes]:
    """Sound, pictures of both codecs, full datagrams, layers, numbers that start over;
    who reads late, who leaves.
    """
    messages = [
        _step(PACKET, index, data.ljust(12, b"\0"))
        for index, data in enumerate((*_rtp(), *_rtcp()))
    ]
    second, late = _step(TICK, 0, bytes(100)), _step(TICK, 0, bytes(1000))
    key = b"\x90\xf0\x81\x02\x03\x04\x00" + bytes(1200)
    delta = b"\x80\xf0\x81\x02\x03\x04\x01" + bytes(1400)
    sound = b"".join(_media(111, 0x04040404, range(65530, 65545), bytes(90)))
    vp8 = b"".join(_media(96, 0x03030303, [*range(100, 110), *range(34500, 34504)], key))
    pictures = vp8 + b"".join(_media(96, 0x03030303, range(34505, 34530), delta))
    h264 = b"".join(_media(102, 0x03030303, range(100, 140), b"\x7c\x85" + bytes(1300)))
    layers = b"".join(
        b"".join(_media(96, 0x0303 + place, range(10, 14), key, rid)) + second
        for place, rid in enumerate((b"f", b"h", b"q"))
    )
    feedback = b"".join(_step(PACKET, 1, data) for data in _rtcp())
    yield b"\x08" + b"".join(messages)
    yield b"".join(message + _step(TICK, 0, bytes(5)) for message in messages)
    for media in (sound, pictures, sound + pictures, layers):
        yield media + second + feedback + media + late + feedback
        yield (
            media
            + _step(DRAIN, 0, b"\x03")
            + media
            + _step(DRAIN, 0, b"\xff")
            + media
            + _step(TAP, 0, b"\0")
        )
        for variant in (b"\x02\x77", b"\x04\x7f", b"\x0d\x3b", b"\x00\x00"):
            yield (
                media
                + _step(NEGOTIATE, 0, variant)
                + media
                + _step(NEGOTIATE, 1, variant)
                + second
                + media
            )
    yield (
        _step(NEGOTIATE, 0, b"\x0a\x77")
        + _step(NEGOTIATE, 1, b"\x03\x77")
        + h264
        + second
        + feedback
        + h264
    )
    yield pictures + _step(LEAVE, 0, b"\x08") + pictures + _step(LEAVE, 1, b"\x00") + sound + second
    yield (
        pictures
        + _step(END, 0, b"")
        + _step(DIRECT, 1, b"\0")
        + pictures
        + _step(KEYFRAME, 0, b"\x01")
        + second
    )
    yield (
        pictures
        + _step(ROUTE, 1, b"\x02\x01")
        + pictures
        + _step(ROUTE, 1, b"\x01\x41")
        + sound
        + second
    )


def _ring() -> Iterator[bytes]:
    """One that fills, one that is read as it fills and wraps, one that grows
    with what waits in it.
    """
    put, take = struct.pack("<BH", 6, 1500), struct.pack("<BH", 2, 0)
    yield 8 * put
    yield 20 * (put + put + take + take)
    yield put + put + struct.pack("<BH", 0, 0) + 9 * put + 4 * take + struct.pack("<BH", 1, 0)
    yield b"".join(struct.pack("<BH", 5 + size % 2, size) + take for size in range(0, 2000, 7))


def _addresses() -> Iterator[bytes]:
    """Many that come, some that go in between, all that go."""
    come = [bytes((1, number, number)) for number in range(256)]
    go = [bytes((0, number, 0)) for number in range(256)]
    yield b"".join(come)
    yield b"".join(come + go)
    yield b"".join(one + other for one, other in zip(come, go[::2] + come[::2], strict=True))


def _port() -> Iterator[bytes]:
    """Everything of a peer and of strangers, of the first octets that RFC 7983 tells apart."""
    bound, full = _step(8, 2, b""), _step(7, 2, bytes(1500))
    kinds = [
        bytes((first,)) + bytes(size)
        for first in (0, 3, 4, 20, 63, 64, 127, 128, 191, 192, 255)
        for size in (0, 11, 59, 1499)
    ]
    yield b"".join(_step(4, number, data) for number, data in enumerate(kinds)) + full
    yield bound + b"".join(_step(5, 2, data) for data in kinds) + full + _step(2, 0, b"") + full
    yield (
        bound
        + _step(3, 2, b"")
        + b"".join(_step(7, 2, data) for data in (*_rtp(), *_rtcp()))
        + _step(1, 2, b"")
        + full
    )
    yield bound + 200 * _step(4, 2, b"\x16" + bytes(1400)) + 2 * full


def _client() -> Iterator[bytes]:
    """Feedback on packets that it sent shortly before, by either way in; and another's media
    with a gap.
    """
    time_passes = b"\xff\0" + bytes(255)
    feedback = [
        rtcp(205, 1, struct.pack("!IIHH", 1, 0x01010101, number, 0xFFFF))
        for number in (0x101, 0x111)
    ]
    for kind in (1, 2):
        calls = [bytes((len(data), kind)) + data for data in (*_rtcp(), *feedback)]
        yield 2 * time_passes + b"".join(calls)
    heads = [struct.pack("!BBHIIQ", 0x80, 96, number, 2, 0x03030303, 0) for number in (1, 2, 9, 9)]
    yield b"".join(bytes((len(head), 2)) + head for head in heads)


def _payloads() -> Iterator[bytes]:
    def packet(flags: int, payload: bytes) -> bytes:
        return struct.pack("!BH", flags, len(payload)) + payload

    keyframe = b"\x10\x02\x00\x9d\x01\x2a" + bytes(6)
    yield (
        b"\0"
        + packet(2, b"\x90\x80\xff\xff" + keyframe)
        + packet(1, b"\x80\x80\xff\xff" + bytes(9))
    )
    yield b"\0" + packet(3, b"\x90\xf0\x12\x34\x56" + keyframe) + packet(7, b"\x10\x01" + bytes(9))
    yield b"\1" + packet(3, b"\x78\x00\x03\x67ab\x00\x02\x68c\x00\x05\x65defg")
    yield (
        b"\1"
        + packet(2, b"\x7c\x85" + bytes(20))
        + packet(0, b"\x7c\x05ab")
        + packet(1, b"\x7c\x45cd")
    )


SEEDS = {
    "rtp": _rtp,
    "rtcp": _rtcp,
    "room": _room,
    "ring": _ring,
    "addresses": _addresses,
    "port": _port,
    "client": _client,
    "payloads": _payloads,
}
