import pytest

from bench.relay.measurement import Cpu, Joined, evaluate
from bench.relay.scenario import CALLS
from relay.load.generator import Figures

JOINED = Joined(participants=48, seconds=0.5, cpu=0.096, resident_before=50_000_000)
SENT = CALLS.sent_per_second * 2
QUIET = Cpu(server=1.0, others=0.1)


def figures(**changes: int) -> Figures:
    """Of two seconds without trouble."""
    usual = {
        "sent": SENT,
        "forwarded": SENT,
        "cpu_ns": 400_000_000,
        "wall_ns": 2_000_000_000,
        "delay_p99_us": 250,
    }
    return Figures(**{**usual, **changes})


def test_cpu_is_divided_by_what_was_forwarded() -> None:
    measured = evaluate(figures(forwarded=SENT // 2), CALLS, QUIET, JOINED, 0)
    assert measured.us_per_packet == pytest.approx(1e6 / (SENT // 2))
    assert measured.cpu_percent == 50
    assert measured.generator_cpu_percent == 20


def test_memory_and_joining_are_for_each_participant() -> None:
    measured = evaluate(figures(), CALLS, QUIET, JOINED, 54_800_000)
    assert measured.rss_bytes_per_participant == 100_000
    assert measured.joins_per_second == 96
    assert measured.join_cpu_ms == pytest.approx(2.0)


def test_all_is_well() -> None:
    assert evaluate(figures(), CALLS, QUIET, JOINED, 0).problem is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cpu_ns": 1_900_000_000}, "invalid: the load generator is saturated"),
        ({"sent": SENT // 2}, "invalid: the load generator fell behind"),
        ({"unreadable": 3}, "3 packets could not be decrypted"),
        ({"forwarded": SENT // 2}, "overloaded: packets were lost in the server"),
    ],
)
def test_what_spoils_a_row_is_said(changes: dict[str, int], problem: str) -> None:
    assert evaluate(figures(**changes), CALLS, QUIET, JOINED, 0).problem == problem


def test_other_processes_work_is_said_unless_there_is_worse() -> None:
    busy = Cpu(server=1.0, others=0.8)
    measured = evaluate(figures(), CALLS, busy, JOINED, 0)
    assert (measured.others_cpu_percent, measured.problem) == (40, "disturbed by other processes")
    assert measured.disturbed
    assert not evaluate(figures(forwarded=1), CALLS, busy, JOINED, 0).disturbed
    assert evaluate(figures(sent=1), CALLS, busy, JOINED, 0).invalid
