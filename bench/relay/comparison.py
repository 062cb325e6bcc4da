"""Several targets in several scenarios, one after the other in turns, and what that says."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields

from bench.relay.measurement import Measurement, Timing, measure
from bench.relay.scenario import CALLS, RECORDED, Scenario
from bench.relay.target import MakeTarget
from bench.results import median_of

Repetitions = Mapping[str, Sequence[Measurement]]
"""By target."""

CPU_OF_FLOOR, RECORDED_CPU_OF_FLOOR, DELAY_OF_FLOOR = 1.2, 2.0, 2.0
AIMS = ("scenario", "figure", "carelay", "at most")
_FIGURES = tuple(field.name for field in fields(Measurement) if field.name != "problem")
HEAD = ("scenario", "target", "us/packet", "of Janus", "x floor", "CPU %", "p50 us", "p99 us",
        "kB/part.", "joins/s", "ms/join", "gen. %", "others %", "note")  # fmt: skip


async def repeat(
    makers: Mapping[str, MakeTarget], scenario: Scenario, repetitions: int, timing: Timing
) -> dict[str, list[Measurement]]:
    """A B C A B C …, so that what else the machine does meets all alike."""
    results: dict[str, list[Measurement]] = {name: [] for name in makers}
    for repetition in range(repetitions):
        for name, make in makers.items():
            print(f"{scenario.title}: {name}, {repetition + 1} of {repetitions}", file=sys.stderr)
            results[name].append(await measure(make, scenario, timing))
    return results


def medians(repetitions: Sequence[Measurement]) -> dict[str, float | None]:
    """Of those that nothing disturbed, or if there are none, of those that are valid; none
    where none is.
    """
    valid = [one for one in repetitions if not one.invalid]
    undisturbed = [one for one in valid if not one.disturbed]
    return {
        figure: median_of([getattr(one, figure) for one in undisturbed or valid])
        for figure in _FIGURES
    }


def problem(repetitions: Sequence[Measurement]) -> str | None:
    """The first one that any had."""
    return next((one.problem for one in repetitions if one.problem), None)


def summary(scenario: Scenario, repetitions: Repetitions) -> dict[str, object]:
    """One scenario as JSON."""
    figures = {name: medians(measured) for name, measured in repetitions.items()}

    def of_each(figure: str) -> dict[str, float | None]:
        return {name: values[figure] for name, values in figures.items()}

    return {
        "title": scenario.title,
        **{f"{name}_us_per_packet": values["us_per_packet"] for name, values in figures.items()},
        "forward_delay_us": {
            name: {"p50": values["delay_p50_us"], "p99": values["delay_p99_us"]}
            for name, values in figures.items()
        },
        **{
            figure: of_each(figure)
            for figure in _FIGURES
            if not figure.startswith(("us_per", "delay"))
        },
        "problems": {name: problem(measured) for name, measured in repetitions.items()},
        "repetitions": {
            name: [asdict(one) for one in measured] for name, measured in repetitions.items()
        },
    }


def headline(results: Mapping[Scenario, Repetitions]) -> dict[str, float | None]:
    """The 24 calls' cost for each target, with its ratios, if they were measured."""
    costs = {
        name: medians(measured)["us_per_packet"]
        for name, measured in results.get(CALLS, {}).items()
    }
    return {f"{name}_us_per_packet": cost for name, cost in costs.items()} | {
        "carelay_of_janus": _ratio(costs.get("carelay"), costs.get("janus")),
        "carelay_of_floor": _ratio(costs.get("carelay"), costs.get("floor")),
    }


def aims(results: Mapping[Scenario, Repetitions]) -> list[list[object]]:
    """For a table under AIMS: what carelay is to be, beside what it is;
    of what was measured of all it takes.
    """
    return [row for row in _aims(results) if None not in row]


def _aims(results: Mapping[Scenario, Repetitions]) -> Iterator[list[object]]:
    for scenario, repetitions in results.items():
        ours, janus, floor = (_figures(repetitions, name) for name in ("carelay", "janus", "floor"))
        if scenario in (CALLS, RECORDED):
            bound = CPU_OF_FLOOR if scenario is CALLS else RECORDED_CPU_OF_FLOOR
            yield [
                scenario.name,
                "CPU, x floor",
                _ratio(ours["us_per_packet"], floor["us_per_packet"]),
                bound,
            ]
            memory = "rss_bytes_per_participant"
            yield [scenario.name, "memory, of Janus", _ratio(ours[memory], janus[memory]), 1]
        if scenario.fan_out == 1 and not scenario.loss and not scenario.recorded:
            delay = "delay_p99_us"
            yield [scenario.name, "p99, of Janus", _ratio(ours[delay], janus[delay]), 1]
            yield [scenario.name, "p99, x floor", _ratio(ours[delay], floor[delay]), DELAY_OF_FLOOR]


def _figures(repetitions: Repetitions, name: str) -> dict[str, float | None]:
    return medians(repetitions.get(name, ()))


def rows(results: Mapping[Scenario, Repetitions]) -> list[list[object]]:
    """For a table under HEAD."""
    return [
        _row(scenario, name, repetitions)
        for scenario, repetitions in results.items()
        for name in repetitions
    ]


def _row(scenario: Scenario, name: str, repetitions: Repetitions) -> list[object]:
    figures = medians(repetitions[name])
    cost = figures["us_per_packet"]
    janus, floor = (
        medians(repetitions[other])["us_per_packet"] if other in repetitions else None
        for other in ("janus", "floor")
    )
    resident = figures["rss_bytes_per_participant"]
    return [
        scenario.name, name, cost, _ratio(cost, janus), _ratio(cost, floor), figures["cpu_percent"],
        figures["delay_p50_us"], figures["delay_p99_us"],
        None if resident is None else resident / 1000, figures["joins_per_second"],
        figures["join_cpu_ms"], figures["generator_cpu_percent"], figures["others_cpu_percent"],
        problem(repetitions[name]) or "",
    ]  # fmt: skip


def _ratio(cost: float | None, other: float | None) -> float | None:
    return round(cost / other, 3) if cost is not None and other else None
