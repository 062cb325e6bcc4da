"""Opus packets laid end to end: the sound track of a part."""

from relay.recording._recording import SmallestDelay
from relay.recording.depacketize import OPUS_RATE, SILENCE, SILENCE_SAMPLES, opus_samples

Placed = list[tuple[bytes, int]]
"""What to write, each with its time in samples."""

SLACK = OPUS_RATE * 40 // 1000  # samples by which sound may be early before a hole is filled
SKEW = OPUS_RATE * 15 // 1000  # samples by which sound may be off for long; a packet has 960
SKEWED = OPUS_RATE * 10  # samples for which it must be, which is known of how loud it is then
CORRECTED = OPUS_RATE * 50  # samples between corrections: 400 ppm, twice what bad quartzes have
QUIET_WINDOW = 20.0  # s
DTX_OCTETS = 2  # an Opus packet this short says that nothing is said (RFC 7587 section 3.1.3)
MAX_LAG = OPUS_RATE * 5  # samples; more sound than time has passed is no clock that runs off
LONG_SILENCE = b"\xfb\x06" + 6 * SILENCE[1:]
"""Six silent frames in one packet (RFC 6716 section 3.2.5): an hour is not 180,000 packets."""
LONG_SILENCE_SAMPLES = 6 * SILENCE_SAMPLES


class Skew:
    """A sound card whose clock is not as fast as time: its sound drifts off, little by little.

    One packet is left out, or one silent frame put in, where that is heard least. An encoder with a
    variable bit rate makes its smallest packets of what is nearly silent.
    """

    def __init__(self) -> None:
        self._late = False
        self._since: int | None = None
        """The time from which on it has been off, in samples."""
        self._corrected = -CORRECTED
        self._quietest = SmallestDelay(QUIET_WINDOW)

    def is_over(self) -> None:
        """The sound is where it belongs."""
        self._since = None

    def corrects(self, offset: int, payload: bytes, at: int) -> bool:
        """Whether the track moves with this packet; by so many samples it would be late."""
        if self._since is None or self._late != (offset > 0):
            self._since, self._late = at, offset > 0
            self._quietest = SmallestDelay(QUIET_WINDOW)
        self._quietest.observe(len(payload), at / OPUS_RATE)
        if at - self._since < SKEWED or at - self._corrected < CORRECTED:
            return False
        if len(payload) > 1.1 * self._quietest.value:
            return False
        self._corrected = at
        self.is_over()
        return True


class SoundTrack:
    """Where each packet goes.

    Nothing that came is left out, as long as it is no more than time has passed.

    Players count samples instead of reading the times of sound, so a hole would shift all that
    follows against the picture: holes are filled with silent frames. Sound that turns out to
    overlap what is written already goes behind it: it lags until the next pause makes up for it,
    and the pictures, which have times of their own, lag with it. What drifts off is brought back by
    a packet now and then.
    """

    def __init__(self) -> None:
        self.begun = False
        self.end = 0
        """Where the next packet goes, in samples."""
        self.lag = 0
        """By how many samples more than SLACK the sound comes later than it was captured."""
        self.skipped = 0
        """Samples left out, because their sender's clock is faster than time."""
        self._skew = Skew()

    def place(self, payload: bytes, at: int) -> Placed | None:
        """The packet that was captured at `at`, with the silence before it; None
        if there is no place.
        """
        offset, spoken = self.end - at, len(payload) > DTX_OCTETS
        if self.begun and -SKEW <= offset <= SKEW and spoken:  # nearly always
            self.lag = 0
            self._skew.is_over()
            return [self._append(payload)]
        before = self._silence_before(at)
        overlap = self.end - at if self.begun else 0
        if overlap > MAX_LAG:
            return None
        self.lag = max(0, overlap - SLACK)
        if not spoken:
            return before if self.lag else [*before, self._append(SILENCE)]
        if self.begun and not before and self._skew.corrects(overlap, payload, at):
            return self._corrected(overlap, payload)
        return [*before, self._append(payload)]

    def _corrected(self, overlap: int, payload: bytes) -> Placed:
        if overlap < 0:
            return [self._append(SILENCE), self._append(payload)]
        self.skipped += opus_samples(payload)
        return []

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
