"""A cable with faults between two network namespaces:
`python cable.py <pid in the far namespace> <device here>`.

Two TUN devices, one here and `patient` there, and this process carries the packets between them.
Each line of standard input sets one direction, as JSON: {"direction": "up" | "down", "loss": 0..1,
"delay_ms", "jitter_ms", "rate_kbps", "udp_loss"}; zero is none. The random numbers are seeded. (The
kernel's own netem is not built into every kernel.)
"""

import fcntl
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
UDP = 17  # in the tenth octet of an IPv4 header
QUEUE_SECONDS = 0.3  # what a home router holds back before it drops


@dataclass
class Direction:
    """What one direction does to packets."""

    target: int
    """File descriptor."""
    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_kbps: float = 0.0
    udp_loss: float = 0.0
    free_at: float = 0.0
    arrived: float = 0.0
    under_way: deque[tuple[float, bytes]] = field(default_factory=deque)

    def carry(self, packet: bytes, now: float, chance: random.Random) -> None:
        """Packets keep their order, as on most networks."""
        if chance.random() < max(self.loss, self.udp_loss if packet[9] == UDP else 0.0):
            return
        begin = max(now, self.free_at)
        if self.rate_kbps:
            if begin - now > QUEUE_SECONDS:
                return
            self.free_at = begin + len(packet) * 8 / self.rate_kbps / 1000
            begin = self.free_at
        self.arrived = max(
            self.arrived, begin + (self.delay_ms + chance.random() * self.jitter_ms) / 1000
        )
        self.under_way.append((self.arrived, packet))

    def deliver(self, now: float) -> None:
        while self.under_way and self.under_way[0][0] <= now:
            with suppress(OSError):  # the far end is not up
                os.write(self.target, self.under_way.popleft()[1])


def open_tun(name: str) -> int:
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def main() -> None:
    near, far = open_tun(sys.argv[2]), open_tun("patient")
    subprocess.run(["ip", "link", "set", "patient", "netns", sys.argv[1]], check=True)
    directions = {"up": Direction(near), "down": Direction(far)}
    by_source = {far: directions["up"], near: directions["down"]}
    chance = random.Random(1)  # the same losses each time
    print("ready", flush=True)
    buffered = b""
    while True:
        due = min((d.under_way[0][0] for d in by_source.values() if d.under_way), default=None)
        wait = None if due is None else max(0.0, due - time.monotonic())
        for source in select.select([near, far, 0], [], [], wait)[0]:
            data = os.read(source, 4096 if source == 0 else 65536)
            if source:
                by_source[source].carry(data, time.monotonic(), chance)
                continue
            if not data:
                return
            *lines, buffered = (buffered + data).split(b"\n")
            for line in lines:
                setting = json.loads(line)
                direction = directions[setting.pop("direction")]
                for name in ("loss", "delay_ms", "jitter_ms", "rate_kbps", "udp_loss"):
                    setattr(direction, name, setting.get(name, 0.0))
        for direction in by_source.values():
            direction.deliver(time.monotonic())


if __name__ == "__main__":
    main()
