"""One repetition: a fresh server, its clients joined, a steady state, and what it costs there."""

import asyncio
import time
from dataclasses import dataclass

from bench.process import cpu_seconds, machine_cpu_seconds, resident_bytes
from bench.relay.scenario import Scenario
from bench.relay.target import MakeTarget, Target
from relay.load.generator import Figures, Generator

SATURATED = 0.9  # of a core: then the generator's own waiting would be measured
LONGEST_DELAY_US = 19_999  # from there on the generator counts whole milliseconds
DISTURBED = 0.25  # of a core, used by processes that are no part of this
STEADY = 0.97  # fraction of the packets meant to be sent, or to arrive, below which the row says so


@dataclass(frozen=True)
class Timing:
    """Seconds."""

    settling: float = 2.0
    """Janus learns round trips, without which it retransmits nothing,
    from the reports of the first two seconds.
    """
    measured: float = 2.5


@dataclass(frozen=True)
class Measurement:
    """What one repetition gave."""

    us_per_packet: float
    """The server's CPU time, user and system, of all its threads, for each RTP packet
    that it forwarded.
    """
    cpu_percent: float
    """The server's, of one core."""
    packets_per_second: float
    """Forwarded."""
    delivered: float
    """Fraction of what should have been forwarded; above 1 where lost packets were sent again."""
    delay_p50_us: float
    delay_p99_us: float
    rss_bytes_per_participant: float
    joins_per_second: float
    join_cpu_ms: float
    """The server's CPU time for each participant who joined."""
    generator_cpu_percent: float
    others_cpu_percent: float
    """What processes that are no part of this used. They make servers late, and a late server
    cheap: it finds more to do at each waking.
    """
    problem: str | None
    """Why the figures mean little."""

    @property
    def invalid(self) -> bool:
        """Whether they mean nothing: the load was not what it should be."""
        return self.problem is not None and self.problem.startswith("invalid")

    @property
    def disturbed(self) -> bool:
        """Whether other processes were the only trouble."""
        return self.problem is not None and self.problem.startswith("disturbed")


@dataclass(frozen=True)
class Cpu:
    """CPU seconds: the server's, and those of all that is neither server nor load."""

    server: float
    others: float

    @classmethod
    def now(cls, pid: int) -> "Cpu":
        server = cpu_seconds(pid)
        return cls(server, machine_cpu_seconds() - server - time.process_time())

    def since(self, before: "Cpu") -> "Cpu":
        return Cpu(self.server - before.server, self.others - before.others)


@dataclass(frozen=True)
class Joined:
    """What joining took."""

    participants: int
    seconds: float
    cpu: float
    resident_before: int


async def measure(make: MakeTarget, scenario: Scenario, timing: Timing) -> Measurement:
    """Raises TimeoutError or ConnectionError if the server cannot be joined."""
    generator = Generator()
    target = make(generator)
    await target.start()
    try:
        generator.set_loss(scenario.loss)
        joined = await join(target, scenario, 0, scenario.rooms)
        return await steady(target, generator, scenario, timing, joined)
    finally:
        await target.close()
        generator.close()


async def join(target: Target, scenario: Scenario, first: int, last: int) -> Joined:
    """Fill the rooms from number `first` to `last`, all at once as far as the target lets them."""
    resident, cpu, begin = resident_bytes(target.pid), cpu_seconds(target.pid), time.monotonic()
    rooms = [f"room {number}" for number in range(first, last)]
    await asyncio.gather(*(target.join(scenario, room) for room in rooms))
    seconds, cpu = time.monotonic() - begin, cpu_seconds(target.pid) - cpu
    if scenario.recorded:
        await asyncio.gather(*map(target.record, rooms))
    return Joined(len(rooms) * scenario.participants, seconds, cpu, resident)


async def steady(
    target: Target, generator: Generator, scenario: Scenario, timing: Timing, joined: Joined
) -> Measurement:
    """Let the load run until it is even, then read."""
    await asyncio.to_thread(generator.run, timing.settling)
    generator.take()
    before = Cpu.now(target.pid)
    await asyncio.to_thread(generator.run, timing.measured)
    cpu = Cpu.now(target.pid).since(before)
    return evaluate(generator.take(), scenario, cpu, joined, resident_bytes(target.pid))


def evaluate(
    figures: Figures, scenario: Scenario, cpu: Cpu, joined: Joined, resident: int
) -> Measurement:
    """`cpu` over the time that `figures` are of, `resident` the server's bytes after it."""
    seconds = figures.wall_ns / 1e9
    expected = scenario.sent_per_second * scenario.fan_out * seconds * (1 - scenario.loss)
    return Measurement(
        us_per_packet=1e6 * cpu.server / max(1, figures.forwarded),
        cpu_percent=100 * cpu.server / seconds,
        packets_per_second=figures.forwarded / seconds,
        delivered=figures.forwarded / expected,
        delay_p50_us=figures.delay_p50_us,
        delay_p99_us=figures.delay_p99_us,
        rss_bytes_per_participant=(resident - joined.resident_before) / joined.participants,
        joins_per_second=joined.participants / joined.seconds,
        join_cpu_ms=1e3 * joined.cpu / joined.participants,
        generator_cpu_percent=100 * figures.cpu_ns / figures.wall_ns,
        others_cpu_percent=100 * cpu.others / seconds,
        problem=_problem(figures, scenario, figures.forwarded / expected)
        or _disturbance(cpu, seconds),
    )


def _disturbance(cpu: Cpu, seconds: float) -> str | None:
    return "disturbed by other processes" if cpu.others > DISTURBED * seconds else None


def _problem(figures: Figures, scenario: Scenario, delivered: float) -> str | None:
    if figures.cpu_ns > SATURATED * figures.wall_ns:
        return "invalid: the load generator is saturated"
    if figures.sent < STEADY * scenario.sent_per_second * figures.wall_ns / 1e9:
        return "invalid: the load generator fell behind"
    if figures.unreadable:
        return f"{figures.unreadable} packets could not be decrypted"
    return "overloaded: packets were lost in the server" if delivered < STEADY else None
