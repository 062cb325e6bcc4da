"""Who is put on which slot."""

from relay.assignment import Publication, assign, slots_needed
from relay.media import Assignment, Slot, SlotCount, Source

TWO = (
    Slot("a0", "audio", (), {}, 1, stream="slot-0"),
    Slot("v0", "video", (), {}, 2, stream="slot-0"),
    Slot("s", "video", (), {}, 3, stream="screen"),
)
THREE = (
    *TWO,
    Slot("a1", "audio", (), {}, 4, stream="slot-1"),
    Slot("v1", "video", (), {}, 5, stream="slot-1"),
)


def sending(name: str, *sources: Source) -> Publication:
    return Publication(name, {source: source for source in sources})


def shown(assignments: dict[str, Assignment]) -> dict[str, tuple[str, str]]:
    return {
        mid: (assignment.participant_id, assignment.source)
        for mid, assignment in assignments.items()
    }


def test_a_participant_gets_an_audio_and_a_video_slot_of_one_stream() -> None:
    assignments = assign(
        THREE, {}, [sending("ann", "microphone", "camera"), sending("bob", "microphone", "camera")]
    )
    assert shown(assignments) == {
        "a0": ("ann", "microphone"),
        "v0": ("ann", "camera"),
        "a1": ("bob", "microphone"),
        "v1": ("bob", "camera"),
    }


def test_a_screen_goes_on_its_own_slot_and_leaves_it() -> None:
    ann = sending("ann", "microphone", "camera", "screen")
    assignments = assign(TWO, {}, [ann])
    assert shown(assignments)["s"] == ("ann", "screen")
    assert "s" not in assign(TWO, assignments, [sending("ann", "microphone", "camera")])


def test_the_screen_on_show_stays_until_it_ends() -> None:
    ann, bob = sending("ann", "screen"), sending("bob", "screen")
    assignments = assign(TWO, {}, [bob])
    assignments = assign(TWO, assignments, [ann, bob])
    assert shown(assignments)["s"] == ("bob", "screen")
    assert shown(assign(TWO, assignments, [ann, sending("bob")]))["s"] == ("ann", "screen")


def test_who_has_a_slot_keeps_it_when_others_leave() -> None:
    ann, bob = sending("ann", "microphone"), sending("bob", "microphone")
    assignments = assign(THREE, {}, [ann, bob])
    assert shown(assign(THREE, assignments, [bob])) == {"a1": ("bob", "microphone")}


def test_slots_wait_for_a_page_that_reloads() -> None:
    assignments = assign(TWO, {}, [sending("ann", "microphone", "camera")])
    assert assign(TWO, assignments, [Publication("ann", None)]) == assignments
    assert assign(TWO, {}, [Publication("ann", None)]) == {}


def test_a_source_that_stopped_leaves_its_slot_to_the_same_participant() -> None:
    assignments = assign(TWO, {}, [sending("ann", "microphone", "camera")])
    assert shown(assign(TWO, assignments, [sending("ann", "microphone")])) == {
        "a0": ("ann", "microphone")
    }


def test_more_participants_than_slots_are_not_shown() -> None:
    assignments = assign(TWO, {}, [sending("ann", "microphone"), sending("bob", "microphone")])
    assert shown(assignments) == {"a0": ("ann", "microphone")}


def test_a_participant_who_only_listens_takes_no_slot() -> None:
    assignments = assign(TWO, {}, [sending("ann"), sending("bob", "microphone")])
    assert shown(assignments) == {"a0": ("bob", "microphone")}


def test_a_call_of_two_needs_one_audio_and_two_video_slots_from_the_start() -> None:
    assert slots_needed(1) == slots_needed(2) == SlotCount(1, 2)
    assert slots_needed(3) == SlotCount(2, 3)
