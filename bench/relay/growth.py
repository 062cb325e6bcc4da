"""CPU against the number of calls: one server, joined by more and more of them until it
or the load is at its end.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.relay.measurement import LONGEST_DELAY_US, Joined, Timing, join, steady
from bench.relay.scenario import CALLS
from bench.relay.target import MakeTarget
from relay.load.generator import Generator

STEPS = (1, 4, 8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512)
_TIMING = Timing(settling=0.7, measured=1.5)


@dataclass(frozen=True)
class Point:
    """One number of calls."""

    calls: int
    cpu_percent: float
    """The server's, of one core."""
    delay_p99_us: float

    @property
    def late(self) -> bool:
        """One packet of a hundred is late beyond what is measured:
        the server no longer keeps up.
        """
        return self.delay_p99_us >= LONGEST_DELAY_US


@dataclass(frozen=True)
class Curve:
    """One target."""

    name: str
    points: tuple[Point, ...]
    end: str
    """Why there are no more."""

    @property
    def held(self) -> int:
        """The most calls whose packets were not late."""
        return max((point.calls for point in self.points if not point.late), default=0)


async def grow(
    name: str, make: MakeTarget, steps: Sequence[int] = STEPS, timing: Timing = _TIMING
) -> Curve:
    """A step at which packets were lost or the load generator fell behind is no point of the
    curve.
    """
    generator = Generator()
    target = make(generator)
    await target.start()
    points: list[Point] = []
    try:
        for before, calls in zip((0, *steps), steps, strict=False):
            print(f"{name}: {calls} calls", file=sys.stderr)
            scenario = CALLS.with_rooms(calls)
            joined: Joined = await join(target, scenario, before, calls)
            measured = await steady(target, generator, scenario, timing, joined)
            if measured.problem:  # once more: another process's burst of work looks just the same
                measured = await steady(target, generator, scenario, timing, joined)
            if measured.problem and not measured.disturbed:
                return Curve(name, tuple(points), f"{calls} calls: {measured.problem}")
            points.append(Point(calls, measured.cpu_percent, measured.delay_p99_us))
    except (TimeoutError, ConnectionError, ValueError) as error:
        return Curve(name, tuple(points), f"no more calls could join: {error!r}")
    finally:
        await target.close()
        generator.close()
    return Curve(name, tuple(points), "the most that is tried")
