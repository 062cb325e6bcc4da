"""For how long there is room to record: a pure rule over what is free and what a call may send."""

from dataclasses import dataclass

PEOPLE = 2
SOUND_KBPS = 128
"""Of one person, Opus in stereo at its usual best; what a browser sends is mostly less."""


@dataclass(frozen=True)
class LongestCall:
    """What a call may take at most."""

    minutes: int
    picture_kbps: int
    """Of one person's camera."""


@dataclass(frozen=True)
class Shortage:
    """Whole minutes for which there is room, where the longest call would take more."""

    video: int | None
    audio: int | None
    """Of a call of voice alone."""


NONE = Shortage(None, None)


def shortage(free_bytes: int, recorded: int, longest: LongestCall) -> Shortage:
    """Of one more call, beside so many that are being recorded already and go on for as long."""
    return Shortage(
        *(
            None if minutes >= longest.minutes else minutes
            for minutes in (
                _minutes(free_bytes, (recorded + 1) * PEOPLE * kbps)
                for kbps in (longest.picture_kbps + SOUND_KBPS, SOUND_KBPS)
            )
        )
    )


def _minutes(free_bytes: int, kbps: int) -> int:
    return free_bytes * 8 // (kbps * 1000) // 60
