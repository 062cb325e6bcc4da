"""Opus packets laid end to end: the sound track of a part."""

from relay.recording.depacketize import OPUS_RATE, SILENCE, SILENCE_SAMPLES, opus_samples

Placed = list[tuple[bytes, int]]
"""What to write, each with its time in samples."""

SLACK = OPUS_RATE * 40 // 1000  # samples by which the sound may be off before anything is done
DTX_OCTETS = 2  # an Opus packet this short says that nothing is said (RFC 7587 section 3.1.3)
MAX_LAG = OPUS_RATE * 5  # samples; more sound than time has passed is no clock that runs off
LONG_SILENCE = b"\xfb\x06" + 6 * SILENCE[1:]
"""Six silent frames in one packet (RFC 6716 section 3.2.5): an hour is not 180,000 packets."""
LONG_SILENCE_SAMPLES = 6 * SILENCE_SAMPLES


class SoundTrack:
    """Where each packet goes.

    Nothing that came is left out, as long as it is no more than time has passed.

    Players count samples instead of reading the times of sound, so a hole would shift all that
    follows against the picture: holes are filled with silent frames. Sound that turns out to
    overlap what is written already goes behind it: it lags until the next pause makes up for it,
    and the pictures, which have times of their own, lag with it.
    """

    def __init__(self) -> None:
        self.begun = False
        self.end = 0
        """Where the next packet goes, in samples."""
        self.lag = 0
        """By how many samples more than SLACK the sound comes later than it was captured."""

    def place(self, payload: bytes, at: int) -> Placed | None:
        """The packet that was captured at `at`, with the silence before it; None
        if there is no place.
        """
        if (
            self.begun and -SLACK <= self.end - at <= SLACK and len(payload) > DTX_OCTETS
        ):  # nearly always
            self.lag = 0
            return [self._append(payload)]
        before = self._silence_before(at)
        overlap = self.end - at if self.begun else 0
        if overlap > MAX_LAG:
            return None
        self.lag = max(0, overlap - SLACK)
        if len(payload) > DTX_OCTETS:
            return [*before, self._append(payload)]
        return before if self.lag else [*before, self._append(SILENCE)]

    def silence(self, until: int) -> Placed:
        """Silent frames up to that time; from 0 on if nothing was placed yet."""
        placed: Placed = []
        while self.end + LONG_SILENCE_SAMPLES <= until:
            placed.append(self._append(LONG_SILENCE))
        while self.end + SILENCE_SAMPLES <= until:
            placed.append(self._append(SILENCE))
        if placed:
            self.lag = 0
        return placed

    def _silence_before(self, at: int) -> Placed:
        if not self.begun:
            self.end = max(at, 0)
            return []
        return self.silence(at + SILENCE_SAMPLES // 2) if at > self.end + SLACK else []

    def _append(self, payload: bytes) -> tuple[bytes, int]:
        at, self.begun = self.end, True
        self.end += opus_samples(payload)
        return payload, at
