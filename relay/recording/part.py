"""One file in the making: frames with their capture times in, octets for the sink out."""

from collections.abc import Callable

from relay.recording.depacketize import OPUS_RATE, SILENCE, SILENCE_SAMPLES, Frame, opus_samples
from relay.recording.seekable import Index, PartSummary
from relay.recording.webm import Muxer, VideoFormat

SLACK = OPUS_RATE * 60 // 1000  # samples by which the sound may be off before a frame is put in or left out
DTX_OCTETS = 2  # an Opus packet this short says that nothing is said (RFC 7587 section 3.1.3)


class SoundTrack:
    """Opus packets laid end to end.

    Players count samples instead of reading the times of sound, so a hole would shift all that follows against the
    picture: holes (loss, silence that is not sent) are filled with silent frames, and a sender's clock that runs off
    costs or gains one frame now and then.
    """

    def __init__(self) -> None:
        self._begun = False
        self.end = 0
        """Where the next packet goes, in samples."""

    def place(self, payload: bytes, at: int) -> list[tuple[bytes, int]]:
        """What to write, with its time in samples, for the packet that was captured at `at`."""
        before: list[tuple[bytes, int]] = []
        if not self._begun:
            self.end = max(at, 0)
        elif at > self.end + SLACK:
            before = self.silence(at)
        if at < self.end - SLACK:
            return before
        return [*before, self._append(SILENCE if len(payload) <= DTX_OCTETS else payload)]

    def silence(self, until: int) -> list[tuple[bytes, int]]:
        """Silent frames up to that time in samples; from 0 on if nothing was placed yet."""
        placed = []
        while self.end + SILENCE_SAMPLES <= until:
            placed.append(self._append(SILENCE))
        return placed

    def _append(self, payload: bytes) -> tuple[bytes, int]:
        at, self._begun = self.end, True
        self.end += opus_samples(payload)
        return payload, at


class Part:
    """Times are those of the server's clock, in seconds; the file begins at `zero`."""

    def __init__(
        self, video: VideoFormat | None, zero: float, write: Callable[[bytes], None], *, audio: bool
    ) -> None:
        self.codec = video.codec if video is not None else None
        """Of the pictures; none if there are none."""
        self.lost_packets = 0
        """That came and were thrown away because the event loop was too late for them."""
        self._zero = zero
        self._write = write
        self._muxer = Muxer(video, audio=audio)
        self._sound = SoundTrack() if audio else None
        self._index = Index()
        self._last_picture = -1

    def video(self, frame: Frame, time: float) -> None:
        """A picture captured at `time`."""
        self._last_picture = max(round((time - self._zero) * 1000), self._last_picture + 1)
        if pieces := self._muxer.video(frame, self._last_picture):
            self._emit(pieces)

    def audio(self, payload: bytes, time: float) -> None:
        """An Opus packet captured at `time`."""
        if self._sound is not None:
            self._mux_sound(self._sound.place(payload, self._samples(time)))

    def fill_silence(self, until: float) -> None:
        """No sound came that was captured before `until`, and none will."""
        if self._sound is not None:
            self._mux_sound(self._sound.silence(self._samples(until)))

    @property
    def end(self) -> float:
        """The time up to which there is sound or a picture."""
        return self._zero + max(self._last_picture / 1000, self._sound.end / OPUS_RATE if self._sound else 0.0)

    def close(self) -> None:
        """Write the last cluster."""
        self._emit(self._muxer.close())

    def summary(self) -> PartSummary:
        """Of what was written; raises NothingPlayableError if that is nothing."""
        return self._index.summary()

    def _samples(self, time: float) -> int:
        return round((time - self._zero) * OPUS_RATE)

    def _mux_sound(self, placed: list[tuple[bytes, int]]) -> None:
        for payload, samples in placed:
            if pieces := self._muxer.audio(payload, samples):
                self._emit(pieces)

    def _emit(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            self._index.feed(piece)
            self._write(piece)
