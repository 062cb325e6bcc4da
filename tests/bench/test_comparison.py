import json
from dataclasses import replace

from bench import results
from bench.relay.comparison import HEAD, aims, headline, medians, problem, rows, summary
from bench.relay.measurement import Measurement
from bench.relay.scenario import CALLS, RECORDED, SCENARIOS

USUAL = Measurement(
    us_per_packet=60.0,
    cpu_percent=57.6,
    packets_per_second=9600.0,
    delivered=1.0,
    delay_p50_us=100.0,
    delay_p99_us=900.0,
    rss_bytes_per_participant=300_000.0,
    joins_per_second=100.0,
    join_cpu_ms=5.0,
    generator_cpu_percent=20.0,
    others_cpu_percent=3.0,
    problem=None,
)
SATURATED = replace(USUAL, us_per_packet=5.0, problem="invalid: the load generator is saturated")
REPETITIONS = {
    "carelay": [replace(USUAL, us_per_packet=cost) for cost in (9.0, 7.5, 7.0)],
    "janus": [USUAL, SATURATED, replace(USUAL, us_per_packet=62.0)],
    "floor": [replace(USUAL, us_per_packet=6.0)],
}


def test_medians_leave_out_invalid_repetitions() -> None:
    assert medians(REPETITIONS["janus"])["us_per_packet"] == 61.0
    assert medians([SATURATED])["us_per_packet"] is None
    assert problem(REPETITIONS["janus"]) == SATURATED.problem


def test_medians_leave_out_disturbed_repetitions_unless_all_are() -> None:
    disturbed = replace(USUAL, us_per_packet=20.0, problem="disturbed by other processes")
    assert medians([disturbed, USUAL])["us_per_packet"] == 60.0
    assert medians([disturbed])["us_per_packet"] == 20.0


def test_the_headline_has_the_24_calls_and_its_ratios() -> None:
    assert headline({CALLS: REPETITIONS}) == {
        "carelay_us_per_packet": 7.5,
        "janus_us_per_packet": 61.0,
        "floor_us_per_packet": 6.0,
        "carelay_of_janus": 0.123,
        "carelay_of_floor": 1.25,
    }


def test_a_scenario_as_json_has_all_that_readers_rely_on() -> None:
    result = json.loads(json.dumps(summary(CALLS, REPETITIONS)))
    for name, repetitions in REPETITIONS.items():
        assert result[f"{name}_us_per_packet"] > 0
        assert result["forward_delay_us"][name] == {"p50": 100.0, "p99": 900.0}
        assert result["rss_bytes_per_participant"][name] == 300_000
        assert result["joins_per_second"][name] == 100
        assert len(result["repetitions"][name]) == len(repetitions)
    assert result["problems"] == {"carelay": None, "janus": SATURATED.problem, "floor": None}


def test_the_table_has_a_line_for_each_target() -> None:
    table = results.table(HEAD, rows({CALLS: REPETITIONS})).splitlines()
    assert [line.split()[1] for line in table[1:]] == ["carelay", "janus", "floor"]
    assert table[2].endswith("invalid: the load generator is saturated")


def test_the_aims_stand_beside_what_was_reached() -> None:
    late = {**REPETITIONS, "floor": [replace(USUAL, us_per_packet=3.0, delay_p99_us=300.0)]}
    assert aims({CALLS: REPETITIONS, RECORDED: late}) == [
        ["two_party_calls", "CPU, x floor", 1.25, 1.2],
        ["two_party_calls", "memory, of Janus", 1.0, 1],
        ["two_party_calls", "p99, of Janus", 1.0, 1],
        ["two_party_calls", "p99, x floor", 1.0, 2.0],
        ["recording", "CPU, x floor", 2.5, 2.0],
        ["recording", "memory, of Janus", 1.0, 1],
    ]


def test_of_more_calls_the_delay_is_an_aim_too() -> None:
    scenario = next(scenario for scenario in SCENARIOS if scenario.rooms == 96)
    assert [row[1] for row in aims({scenario: REPETITIONS})] == ["p99, of Janus", "p99, x floor"]


def test_a_target_alone_has_no_ratios() -> None:
    alone = {"carelay": REPETITIONS["carelay"]}
    assert headline({CALLS: alone})["carelay_of_janus"] is None
    assert "-" in results.table(HEAD, rows({CALLS: alone}))
    assert aims({CALLS: alone}) == []


def test_every_scenario_forwards_something_and_has_a_name_of_its_own() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
    assert all(scenario.sent_per_second * scenario.fan_out >= 2400 for scenario in SCENARIOS)
