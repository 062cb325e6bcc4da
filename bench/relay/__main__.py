"""The relay beside Janus and beside the bare C loop, on one load generator, in one run.

    .venv/bin/python -m bench.relay [--scaling] [--plot relay.svg] [--targets carelay floor]
                                    [--scenarios one_to_50]

CPU is the server process's, user and system, for each RTP packet that it forwarded; each figure is
the median of repetitions that take turns. Every client does real ICE, DTLS and SRTP (AES-256-GCM)
on a socket of its own, in one thread outside of the server; a row is invalid where that thread was
saturated. Janus runs with whichever number of event loops is cheapest here. carelay's relay is
opened without signaling (bench/relay/server.py says why). Delays of 20 ms and more are in whole
milliseconds. Writes build/bench/relay.json.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from bench import namespace, results
from bench.process import allow_many_files
from bench.relay import janus, scaling
from bench.relay.carelay import Carelay
from bench.relay.comparison import (
    AIMS,
    HEAD,
    Repetitions,
    aims,
    headline,
    medians,
    repeat,
    rows,
    summary,
)
from bench.relay.floor import Floor
from bench.relay.growth import Curve, grow
from bench.relay.janus import Janus
from bench.relay.measurement import Timing
from bench.relay.plot import svg
from bench.relay.scenario import CALLS, SCENARIOS, Scenario
from bench.relay.target import MakeTarget

EVENT_LOOPS = (0, 1, 2)
_TRIAL = Timing(settling=0.7, measured=2.0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument(
        "--targets",
        nargs="+",
        choices=("carelay", "janus", "floor"),
        default=["carelay", "janus", "floor"],
    )
    parser.add_argument("--scenarios", nargs="*", choices=names, default=names)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5, help="measured, of each repetition")
    parser.add_argument(
        "--janus-event-loops", type=int, help="instead of trying which number is cheapest"
    )
    parser.add_argument(
        "--scaling", action="store_true", help="also carelay with a second engine thread (1 minute)"
    )
    parser.add_argument(
        "--plot",
        type=Path,
        metavar="FILE.svg",
        help="also CPU and delay against the number of calls (2 minutes)",
    )
    parser.add_argument("--output", type=Path, default=results.FOLDER / "relay.json")
    return parser.parse_args()


async def cheapest_event_loops() -> tuple[int, dict[str, float | None]]:
    """Which number costs Janus least for 24 calls, and what each costs (us a packet)."""
    makers = {str(loops): Janus.maker(namespace.HOST, loops) for loops in EVENT_LOOPS}
    measured = await repeat(makers, CALLS, 2, _TRIAL)
    costs = {
        loops: medians(repetitions)["us_per_packet"] for loops, repetitions in measured.items()
    }
    return int(min(costs, key=lambda loops: costs[loops] or float("inf"))), costs


def targets(wanted: list[str], event_loops: int) -> dict[str, MakeTarget]:
    makers: dict[str, MakeTarget] = {
        "carelay": Carelay.maker(namespace.HOST),
        "janus": Janus.maker(namespace.HOST, event_loops),
        "floor": Floor.maker(namespace.HOST),
    }
    return {name: makers[name] for name in wanted}


async def run(asked: argparse.Namespace) -> dict[str, object]:
    """Everything, as JSON; prints the table."""
    versions = {"janus": janus.version()} if "janus" in asked.targets else {}
    circumstances = results.circumstances(**versions)
    event_loops, trial = asked.janus_event_loops, None
    if "janus" in asked.targets and event_loops is None:
        event_loops, trial = await cheapest_event_loops()
    makers = targets(asked.targets, event_loops or 0)
    timing = Timing(measured=asked.seconds)
    measured: dict[Scenario, Repetitions] = {
        scenario: await repeat(makers, scenario, asked.repetitions, timing)
        for scenario in SCENARIOS
        if scenario.name in asked.scenarios
    }
    curves = [await grow(name, make) for name, make in makers.items()] if asked.plot else []
    scaled = await scaling.compare(namespace.HOST) if asked.scaling else []
    report(measured, curves, scaled)
    if asked.plot:
        asked.plot.write_text(
            svg(
                curves,
                "CPU and delay of the server against the number of calls",
                _machine(circumstances),
            )
        )
    return {
        **circumstances,
        "janus_event_loops": {"used": event_loops, "us_per_packet": trial},
        **headline(measured),
        "scenarios": {
            scenario.name: summary(scenario, repetitions)
            for scenario, repetitions in measured.items()
        },
        "scaling": [asdict(each) for each in scaled],
        "growth": [asdict(curve) for curve in curves],
    }


def report(
    measured: Mapping[Scenario, Repetitions], curves: list[Curve], scaled: list[scaling.Scaling]
) -> None:
    """Print for people."""
    if measured:
        print(results.table(HEAD, rows(measured)))
        print(results.table(AIMS, aims(measured)))
    if scaled:
        print(f"{scaling.ROOMS.rooms} {scaling.ROOMS.title}, more than one thread can forward:")
        print(results.table(scaling.HEAD, scaling.rows(scaled)))
    for curve in curves:
        print(
            f"{curve.name}: {curve.held} calls with 99 % of the packets within 20 ms; stopped at "
            f"{curve.end}"
        )


def _machine(circumstances: Mapping[str, object]) -> str:
    machine = circumstances["machine"]
    assert isinstance(machine, dict)
    return (
        "percent of one core; hollow: 1 % of the packets late by over 20 ms; "
        f"{machine['processor']}"
    )


def main() -> None:
    asked = arguments()
    namespace.enter()
    allow_many_files()
    results.warn_if_busy()
    results.write(asked.output, asyncio.run(run(asked)))
    print(f"written: {asked.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
