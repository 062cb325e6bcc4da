"""Whether a load was held: what is counted, and what is said of it."""

from dataclasses import replace

import pytest

from relay.load.generator import Figures
from signaling.cli.load.call import End
from signaling.cli.load.observation import Observation, parse
from signaling.cli.load.outcome import Outcome, Plan, lost
from signaling.cli.load.report import closing_lines, end_line, row, setup_line, verdict

PLAN = Plan(
    "https://video.example.org", calls=10, seconds=2, audio_only=False, recorded=False, loss=0.0
)
SENT = 8000  # 10 calls of two, 200 packets/s each, 2 s


def figures(**changes: int) -> Figures:
    """Of two seconds without trouble."""
    usual = {
        "sent": SENT,
        "forwarded": SENT,
        "received_octets": 2_000_000,
        "delay_p50_us": 60,
        "delay_p99_us": 450,
    }
    return Figures(**{"cpu_ns": 400_000_000, "wall_ns": 2_000_000_000, **usual, **changes})


def outcome(plan: Plan = PLAN, /, **changes: int) -> Outcome:
    return Outcome(plan, setup_seconds=[0.02] * 10, figures=figures(**changes))


def test_a_load_without_trouble_is_held() -> None:
    held = outcome()
    assert held.problem is None
    assert (
        verdict(held)
        == "The server held 10 calls: 0.00 % lost, 99 % of the packets within 0.45 ms."
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cpu_ns": 1_900_000_000}, "the generator's core was full"),
        ({"sent": SENT // 2, "forwarded": SENT // 2}, "it sent too little"),
        ({"unreadable": 3}, "3 packets from the server could not be decrypted"),
        ({"forwarded": SENT * 97 // 100}, "did not hold 10 calls: 3.0 % of the packets were lost"),
        ({"forwarded": 0}, "100.0 % of the packets were lost"),
    ],
)
def test_what_was_not_held_is_said_in_a_line(changes: dict[str, int], problem: str) -> None:
    assert problem in (outcome(**changes).problem or "")


def test_loss_is_named_before_what_could_not_be_decrypted() -> None:
    assert "4.0 % of the packets were lost" in (
        outcome(unreadable=3, forwarded=SENT * 96 // 100).problem or ""
    )


def test_packets_that_came_twice_hide_no_loss_and_are_no_problem() -> None:
    assert outcome(repeated=SENT).problem is None
    twice = outcome(repeated=SENT, forwarded=SENT * 96 // 100)
    assert "4.0 % of the packets were lost" in (twice.problem or "")
    assert twice.as_json()["figures"]["repeated_by_server"] == SENT


def test_calls_that_failed_come_before_all_else() -> None:
    failed = outcome(forwarded=0)
    failed.failures = ["the server ended a call: failed", "another", "a third"]
    assert failed.problem == "the server ended a call: failed (and 2 more)"


def test_retransmissions_make_up_for_no_loss() -> None:
    assert lost(figures(forwarded=SENT, repaired=80)) == pytest.approx(0.01)
    assert lost(figures(forwarded=SENT + 1)) == 0
    assert lost(Figures()) == 0


def test_what_is_lost_on_purpose_is_no_problem() -> None:
    plan = Plan(PLAN.url, calls=10, seconds=2, audio_only=False, recorded=True, loss=0.02)
    assert recorded(plan, FRAMES, forwarded=SENT * 98 // 100).problem is None
    assert "were lost" in (recorded(plan, FRAMES, forwarded=SENT * 96 // 100).problem or "")
    assert str(plan) == (
        "10 calls at https://video.example.org for 2 s: audio and video, recorded, 2 % loss each "
        "way"
    )


def test_audio_only_is_a_quarter_of_the_packets() -> None:
    assert Plan("", 1, 1, audio_only=True, recorded=False, loss=0).packets_per_second == 100
    assert PLAN.packets_per_second == 4000


def test_a_row_has_rates() -> None:
    assert row("5", figures(repaired=7, repeated=3, retransmitted=2)).split() == [
        "5", "4000", "4000", "0.09", "0.06", "0.45", "12", "8.0",
    ]  # fmt: skip


def test_a_row_does_not_invent_what_was_not_measured() -> None:
    none = figures(sent=0, forwarded=0, received_octets=0, delay_p50_us=0, delay_p99_us=0)
    assert row("5", none).split() == ["5", "0", "0", "-", "-", "-", "0", "0.0"]


def test_delays_beyond_what_is_counted_are_marked() -> None:
    slow = outcome(delay_p50_us=1_999_000, delay_p99_us=2_000_000)
    assert row("5", slow.figures or figures()).split()[4:6] == ["1999.00", "2000+"]
    assert (
        verdict(slow)
        == "The server held 10 calls: 0.00 % lost, more than 1 % of the packets took 2 s or more."
    )


def test_only_calls_that_were_ended_are_told_as_ended() -> None:
    ended, failed, none = End(begun=True), End(begun=True, problem="no answer"), End(begun=False)
    assert end_line([ended, ended, none]) == "Ended 2 calls, signing out."
    assert end_line([ended, failed, none]) == "Ended 1 of 2 calls, signing out."
    assert end_line([failed]) == "Ended 0 of 1 call, signing out."


def test_setting_up_is_told_by_its_percentiles() -> None:
    some = Outcome(PLAN, setup_seconds=[number / 100 for number in range(1, 11)])
    assert (some.setup_ms(0.5), some.setup_ms(0.99)) == (50, 100)
    assert setup_line(some) == "Set up 10 of 10 calls, each within 50 ms (p50), 100 ms (p99)."
    assert setup_line(Outcome(PLAN)) == "Set up 0 of 10 calls."


METRICS = """# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total {cpu}
process_resident_memory_bytes 1.5e+08
carelay_rooms 2.0
carelay_calls{{recording="off"}} 1.0
carelay_calls{{recording="paused"}} 1.0
carelay_relay_dropped_packets_total{{port="3478",reason="replayed"}} {replayed}
carelay_relay_dropped_packets_total{{port="3479",reason="replayed"}} {replayed}
carelay_relay_dropped_packets_total{{port="3478",reason="length"}} 4.0
carelay_recorded_frames_total{{source="camera"}} {pictures}
carelay_recorded_frames_total{{source="microphone"}} 3000
carelay_recording_lost_packets_total{{source="camera"}} {lost}
carelay_recording_lost_packets_total{{source="microphone"}} 2
carelay_recording_missing_packets_total{{reason="lost"}} {missing}
carelay_recording_missing_packets_total{{reason="late"}} {late}
carelay_recording_missing_packets_total{{reason="unreadable"}} 1
carelay_recording_discarded_pictures_total {missing}
carelay_recording_discarded_sound_seconds_total {sound}
"""
RECORDED = Plan(
    "https://video.example.org", calls=10, seconds=20, audio_only=False, recorded=True, loss=0.0
)
FRAMES = 3200  # 10 calls of two, 30 pictures and 50 packets of sound a second each, 2 s


def observation(
    at: float, cpu: float, replayed: int, pictures: int = 0, lost: int = 0, **lacking: float
) -> Observation:
    told = {"missing": 0, "late": 0, "sound": 0.0, **lacking}
    found = parse(
        METRICS.format(cpu=cpu, replayed=replayed, pictures=pictures, lost=lost, **told), at
    )
    assert found
    return found


def test_the_server_s_own_figures_are_differences() -> None:
    measured = outcome()
    measured.before, measured.after = observation(10.0, 3.0, 1), observation(12.0, 3.08, 6)
    assert measured.before.calls == 2
    assert measured.as_json()["server"] == {
        "cpu_percent": 4.0,
        "cpu_us_per_packet": 10.0,
        "resident_bytes": 150_000_000,
        "dropped": {"replayed": 10},
        "recorded": 0.0,
        "unrecorded_packets": 0,
        "lacking": {},
    }
    assert list(closing_lines(measured)) == [
        "The server used 4 % of a core, 10.0 µs for each packet forwarded, and 150 MB of memory.",
        "Its relay dropped 10 replayed.",
        "The generator used 20 % of a core of this machine.",
    ]


def test_without_them_nothing_is_said_of_the_server() -> None:
    assert outcome().as_json()["server"] is None
    assert len(list(closing_lines(outcome()))) == 1


@pytest.mark.parametrize(
    "text", ["", "<!doctype html>", "carelay_rooms many\n", "go_goroutines 7\n"]
)
def test_other_servers_metrics_are_not_taken_for_ours(text: str) -> None:
    assert parse(text, 0.0) is None


def test_a_load_that_was_stopped_says_so() -> None:
    early = Outcome(PLAN, stopped=True)
    assert (early.problem, verdict(early)) == (None, "Stopped before anything was measured.")
    late = outcome()
    late.stopped = True
    assert verdict(late).startswith("Stopped; until then the server held 10 calls")


def recorded(plan: Plan, frames: int, lost: int = 0, /, **changes: int) -> Outcome:
    """A load of two seconds, of which so much was recorded."""
    measured = outcome(plan, **changes)
    measured.before = observation(10.0, 3.0, 1)
    measured.after = observation(12.0, 3.1, 1, frames, lost)
    return measured


def test_a_load_is_held_only_if_it_was_recorded() -> None:
    held = recorded(RECORDED, FRAMES)
    assert held.problem is None
    assert "It recorded 100.0 % of the pictures and sound." in list(closing_lines(held))
    short = recorded(RECORDED, FRAMES * 9 // 10)
    assert (
        short.problem
        == "the server did not record all of 10 calls: 10 % of the pictures and sound are missing"
    )


def test_one_packet_that_the_recorder_had_no_time_for_is_too_many() -> None:
    late = recorded(RECORDED, FRAMES, 1)
    assert late.problem == "the server did not record all of 10 calls: it had no time for 1 packet"


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"missing": 2, "late": 2}, "2 packets that came too late"),
        (
            {"late": 1, "sound": 0.04},
            "1 packets that came too late, 40 ms of sound without a place",
        ),
    ],
)
def test_what_came_and_is_in_no_part_is_said_as_the_parts_say_it(
    lacking: dict[str, float], words: str
) -> None:
    lossy = replace(RECORDED, loss=0.02)
    for plan, problem in (
        (RECORDED, f"the server did not record all of 10 calls: it discarded {words}"),
        (lossy, None),
    ):
        measured = recorded(plan, FRAMES)
        measured.after = observation(12.0, 3.1, 1, FRAMES, 0, **lacking)
        assert measured.problem == problem
    assert measured.as_json()["server"]["lacking"]["late_packets"] == lacking["late"]


def test_what_the_network_lost_is_told_and_no_fault_of_the_recorder() -> None:
    measured = recorded(RECORDED, FRAMES)
    assert "Its recordings lack nothing." in list(closing_lines(measured))
    measured.after = observation(12.0, 3.1, 1, FRAMES, missing=3)
    assert measured.problem is None
    assert (
        "Its recordings lack 3 packets that did not come in time, 3 pictures without the one "
        "before them." in list(closing_lines(measured))
    )


def test_a_recording_that_cannot_be_checked_is_not_called_held() -> None:
    assert "may not read the server's /metrics" in (outcome(RECORDED).problem or "")


def test_what_was_not_to_be_recorded_need_not_be() -> None:
    assert recorded(PLAN, 0).problem is None
