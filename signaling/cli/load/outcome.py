"""What a load was to be, what came of it, and whether the server held it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from relay.load.generator import AUDIO_RATE, VIDEO_PACKETS_A_FRAME, VIDEO_RATE, Figures
from signaling.cli.load.observation import Observation

LOST_TOO_MUCH = 0.01
"""Of the packets: beyond this a picture freezes again and again."""
SATURATED = 0.9
"""Of a core: then the load generator's own waiting would be measured."""
STEADY = 0.97
"""Of the packets meant to be sent."""
RECORDED = 0.97
"""Of the pictures and packets of sound meant to be recorded,"""
LATE_SECONDS = 0.5
"""but for this time, for which a recorder may wait for packets that were lost."""
LACKING = {
    "lost_packets": "packets that did not come in time",
    "late_packets": "packets that came too late",
    "unreadable_packets": "packets that could not be read",
    "discarded_pictures": "pictures without the one before them",
    "discarded_sound_ms": "ms of sound without a place",
}
"""What the parts of recordings lack, in words."""
DISCARDED = ("late_packets", "unreadable_packets", "discarded_sound_ms")
"""That much of it did come."""


@dataclass(frozen=True)
class Plan:
    """What the load is to be."""

    url: str
    calls: int
    seconds: float
    audio_only: bool
    recorded: bool
    loss: float
    """Fraction lost on purpose, in each direction of each client."""

    @property
    def packets_per_second(self) -> int:
        """That all clients together send."""
        return 2 * self.calls * (AUDIO_RATE + VIDEO_RATE * (not self.audio_only))

    @property
    def frames_a_packet(self) -> float:
        """Of the packets that clients send, how many hold a whole packet of sound,
        or complete a picture.
        """
        pictures = VIDEO_RATE // VIDEO_PACKETS_A_FRAME * (not self.audio_only)
        return 2 * self.calls * (AUDIO_RATE + pictures) / self.packets_per_second

    def __str__(self) -> str:
        what = "audio only" if self.audio_only else "audio and video"
        recorded = ", recorded" if self.recorded else ""
        loss = f", {100 * self.loss:g} % loss each way" if self.loss > 0 else ""
        calls = counted(self.calls, "call")
        return f"{calls} at {self.url} for {self.seconds:g} s: {what}{recorded}{loss}"


@dataclass(frozen=True)
class ServerFigures:
    """What the server used and dropped meanwhile."""

    cpu_percent: float
    """Of a core."""
    cpu_us_per_packet: float
    """For each RTP packet forwarded."""
    resident_bytes: int
    """In the end."""
    dropped: dict[str, int]
    """By reason."""
    recorded: float
    """Of the pictures and packets of sound that were sent, the fraction
    that went into recordings.
    """
    unrecorded_packets: int
    """That came, and that the recorder had no time for."""
    lacking: dict[str, int]
    """What the parts of the recordings lack, as they tell it."""


@dataclass
class Outcome:
    """What came of it."""

    plan: Plan
    setup_seconds: list[float] = field(default_factory=list)
    """Of the calls that were set up."""
    failures: list[str] = field(default_factory=list)
    """One line each: calls that were not set up, ended too early, or could not be ended."""
    figures: Figures | None = None
    """None: it never came to measuring."""
    before: Observation | None = None
    after: Observation | None = None
    stopped: bool = False
    """By Ctrl-C or SIGTERM."""

    @property
    def problem(self) -> str | None:
        """Why the server, or this machine, did not hold the load; none if it did."""
        if self.failures:
            more = f" (and {len(self.failures) - 1} more)" if len(self.failures) > 1 else ""
            return f"{self.failures[0]}{more}"
        return next(self._shortfalls(self.figures), None) if self.figures else None

    def _shortfalls(self, figures: Figures) -> Iterator[str]:
        """The worst first."""
        if figures.cpu_ns > SATURATED * figures.wall_ns:
            yield (
                "this machine could not keep the load up: the generator's core was full; use fewer "
                "--calls"
            )
        if figures.sent < STEADY * self.plan.packets_per_second * figures.wall_ns / 1e9:
            yield (
                "this machine could not keep the load up: it sent too little; is it busy with "
                "other things?"
            )
        if lost(figures) > self.plan.loss + LOST_TOO_MUCH:
            calls = counted(self.plan.calls, "call")
            yield (
                f"the server did not hold {calls}: {100 * lost(figures):.1f} % of the packets were "
                "lost"
            )
        if figures.unreadable:
            yield f"{figures.unreadable} packets from the server could not be decrypted"
        if self.plan.recorded:
            yield from self._unrecorded()

    def _unrecorded(self) -> Iterator[str]:
        server, calls = self.server, counted(self.plan.calls, "call")
        if server is None:
            yield (
                "whether all was recorded is unknown: this machine may not read the server's "
                "/metrics"
            )
        elif server.unrecorded_packets:
            packets = counted(server.unrecorded_packets, "packet")
            yield f"the server did not record all of {calls}: it had no time for {packets}"
        elif not self.plan.loss and (came := listed(server.lacking, DISCARDED)):
            yield f"the server did not record all of {calls}: it discarded {came}"
        elif server.recorded < (RECORDED - 2 * self.plan.loss) * (
            1 - LATE_SECONDS / max(1.0, self.plan.seconds)
        ):
            missing = f"{100 * (1 - server.recorded):.0f} % of the pictures and sound"
            yield f"the server did not record all of {calls}: {missing} are missing"

    @property
    def server(self) -> ServerFigures | None:
        """None if its figures could not be read."""
        before, after = self.before, self.after
        if before is None or after is None or self.figures is None:
            return None
        cpu, seconds = after.cpu_seconds - before.cpu_seconds, after.at - before.at
        sent = self.figures.sent * self.plan.frames_a_packet / (self.figures.wall_ns / 1e9)
        return ServerFigures(
            cpu_percent=round(100 * cpu / seconds, 1),
            cpu_us_per_packet=round(1e6 * cpu / max(1, self.figures.forwarded), 2),
            resident_bytes=after.resident_bytes,
            dropped=dict(after.dropped - before.dropped),
            recorded=round(
                (after.recorded_frames - before.recorded_frames) / seconds / max(1, sent), 4
            ),
            unrecorded_packets=after.unrecorded_packets - before.unrecorded_packets,
            lacking=dict(after.lacking - before.lacking),
        )

    def setup_ms(self, fraction: float) -> float | None:
        """Milliseconds that this fraction of the calls took at most to be set up;
        none of no calls.
        """
        ordered = sorted(self.setup_seconds)
        if not ordered:
            return None
        return round(1e3 * ordered[max(0, -int(-fraction * len(ordered) // 1) - 1)], 1)

    def as_json(self) -> dict[str, Any]:
        """Everything, in units named by the keys."""
        return {
            "plan": asdict(self.plan),
            "stopped": self.stopped,
            "problem": self.problem,
            "failures": self.failures,
            "setup": {
                "calls": len(self.setup_seconds),
                "p50_ms": self.setup_ms(0.5),
                "p99_ms": self.setup_ms(0.99),
            },
            "figures": rates(self.figures) if self.figures else None,
            "server": asdict(self.server) if self.server else None,
        }


def counted(number: int, what: str) -> str:
    """`1 call`, `2 calls`"""
    return f"{number} {what}{'' if number == 1 else 's'}"


def listed(lacking: Mapping[str, int], what: Iterable[str] = LACKING) -> str:
    """`3 packets that came too late, 40 ms of sound without a place`; nothing if there is none."""
    return ", ".join(f"{lacking[name]} {LACKING[name]}" for name in what if lacking.get(name))


def lost(figures: Figures) -> float:
    """Fraction of the packets sent that did not come out of the server, repaired on the way to it
    or not.
    """
    return (
        max(0.0, 1 - (figures.forwarded - figures.repaired) / figures.sent) if figures.sent else 0.0
    )


def rates(figures: Figures) -> dict[str, float]:
    """By the second, and as percentages."""
    seconds = max(figures.wall_ns, 1) / 1e9
    return {
        "seconds": round(seconds, 2),
        "sent_per_second": round(figures.sent / seconds, 1),
        "forwarded_per_second": round(figures.forwarded / seconds, 1),
        "mbit_per_second": round(8e-6 * figures.received_octets / seconds, 2),
        "lost_percent": round(100 * lost(figures), 3),
        "delay_p50_us": figures.delay_p50_us,
        "delay_p99_us": figures.delay_p99_us,
        "retransmitted_to_server": figures.retransmitted,
        "retransmitted_by_server": figures.repaired,
        "repeated_by_server": figures.repeated,
        "keyframes_asked": figures.keyframes_asked,
        "generator_cpu_percent": round(100 * figures.cpu_ns / max(figures.wall_ns, 1), 1),
    }
