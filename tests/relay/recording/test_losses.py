"""What a part lacks is counted as it happens and told where."""

from relay.recording.losses import MAX_GAPS, Account, Gap, Losses
from tests.relay.recording.studio import Studio
from tests.relay.rtpsource import camera, microphone, network


def test_counts_are_told_as_they_happen_and_in_the_end() -> None:
    told: list[tuple[str, int]] = []
    account = Account(lambda what, number: told.append((what, number)))
    account.count("late_packets")
    account.count("silence_ms", 40)
    account.count("silence_ms", 0)
    account.count("silence_ms", 20)
    assert told == [("late_packets", 1), ("silence_ms", 40), ("silence_ms", 20)]
    assert account.losses() == Losses(late_packets=1, silence_ms=60)


def test_gaps_that_are_neighbours_are_one() -> None:
    account = Account()
    for begin in (0, 500, 900):
        account.gap(Gap("sound", "lost", begin, begin + 20))
        account.gap(Gap("picture", "lost", begin, begin + 100))
    account.gap(Gap("sound", "not_sent", 1000, 9000))
    account.gap(Gap("sound", "lost", 2000, 2020))
    assert account.losses().gaps == (
        Gap("sound", "lost", 0, 920),
        Gap("picture", "lost", 0, 1000),
        Gap("sound", "lost", 2000, 2020),
        Gap("sound", "not_sent", 1000, 9000),
    )


def test_only_so_many_gaps_are_told() -> None:
    account = Account()
    for second in range(0, 2 * MAX_GAPS + 20, 2):
        account.gap(Gap("sound", "lost", 1000 * second, 1000 * second + 20))
    losses = account.losses()
    assert (len(losses.gaps), losses.gaps_left_out) == (MAX_GAPS, 10)


def test_a_part_that_got_everything_lacks_nothing() -> None:
    studio = Studio()
    studio.run(network(camera(3), 1), network(microphone(3), 2))
    (part,) = studio.finish()
    assert part.part is not None
    assert part.part.summary().losses == Losses()


def test_a_part_tells_what_was_lost_on_the_way() -> None:
    """Ten packets of sound and a second of pictures in three; a keyframe comes each second."""
    studio = Studio()
    sound, video = network(microphone(4), 2), network(camera(4, keyframe_every=30), 1)
    del sound[100:110]
    lost = [sent for sent in video if 1.53 < sent.time < 1.56]
    studio.run([sent for sent in video if sent not in lost], sound)
    (part,) = studio.finish()
    assert part.part is not None
    losses = part.part.summary().losses
    assert losses is not None
    assert (losses.lost_packets, losses.late_packets, losses.silence_ms) == (10 + len(lost), 0, 200)
    assert losses.discarded_pictures == 13
    gaps = {
        gap.medium: (gap.cause, round(gap.begin_ms, -2), round(gap.end_ms, -2))
        for gap in losses.gaps
    }
    assert gaps == {"picture": ("lost", 1500, 2000), "sound": ("lost", 2000, 2200)}
    assert studio.told["silence_ms"] == 200
