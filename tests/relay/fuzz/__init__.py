"""Fuzz targets for all that reads peers' bytes, and the inputs that they start from."""

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.relay import sanitized
from tests.relay.engine.pair import rtcp

TARGETS = sorted(Path(__file__).parent.glob("*/*.c"))


def fuzz(target: Path, folder: Path, seconds: int) -> bool:
    """Build one target and run it; false if it found something."""
    corpus = folder / f"{target.stem}-corpus"
    corpus.mkdir(exist_ok=True)
    for index, data in enumerate(SEEDS[target.stem]()):
        (corpus / f"seed-{index}").write_bytes(data)
    program = sanitized.fuzzer(target, folder).resolve()
    command: list[str | Path] = [program, f"-max_total_time={seconds}", corpus.resolve()]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


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
    yield rtcp(201, 2, struct.pack("!I", 1) + 2 * report) + rtcp(202, 1, struct.pack("!I", 1) + b"\1\1a\0")
    yield rtcp(203, 1, struct.pack("!I", 0x03030303))
    yield rtcp(205, 1, struct.pack("!IIHHHH", 1, 0x01010101, 100, 0xFFFF, 101, 0))
    yield rtcp(206, 1, struct.pack("!II", 1, 0x01010101)) + rtcp(206, 4, struct.pack("!IIII", 1, 0, 0x01010101, 0))
    yield rtcp(206, 15, struct.pack("!II4sII", 1, 0, b"REMB", 0x01_FC_FF_FF, 0x01010101))


def _peer() -> Iterator[bytes]:
    messages = [data.ljust(12, b"\0") for data in (*_rtp(), *_rtcp()) if len(data) < 256]
    calls = [bytes((len(data), 2 + index % 2)) + data for index, data in enumerate(messages)]
    yield b"".join(calls)
    yield b"".join(call + b"\x05\0" + bytes(5) for call in calls)
    yield calls[0] + calls[5] + b"\xff\0" + bytes(255) + calls[4]


def _client() -> Iterator[bytes]:
    """Feedback on packets that it sent shortly before, by either way in; and another's media with a gap."""
    time_passes = b"\xff\0" + bytes(255)
    feedback = [rtcp(205, 1, struct.pack("!IIHH", 1, 0x01010101, number, 0xFFFF)) for number in (0x101, 0x111)]
    for kind in (1, 2):
        calls = [bytes((len(data), kind)) + data for data in (*_rtcp(), *feedback)]
        yield 2 * time_passes + b"".join(calls)
    heads = [struct.pack("!BBHIIQ", 0x80, 96, number, 2, 0x03030303, 0) for number in (1, 2, 9, 9)]
    yield b"".join(bytes((len(head), 2)) + head for head in heads)


SEEDS = {"rtp": _rtp, "rtcp": _rtcp, "peer": _peer, "client": _client}
