"""One file in the making: frames with their capture times in, octets for the sink out."""

from collections.abc import Callable
from dataclasses import replace

from relay.recording.depacketize import OPUS_RATE, Frame, opus_samples
from relay.recording.losses import Account, Gap, Tell, tell_nobody
from relay.recording.seekable import Index, PartSummary
from relay.recording.sound import Placed, SoundTrack
from relay.recording.webm import Muxer, VideoFormat

# S for which pictures come without sound until none is expected any more; and it stays so far
# behind.
PATIENCE = 5.0
CATCHING_UP = 2  # times the speed at which pictures are shown that come later than their sound
# Ms; a shorter one is told as silence only: senders of discontinuous sound send each 400 ms.
PAUSE = 500


class Part:
    """Times are those of the server's clock, in seconds; the file begins at `zero`.

    Nothing is written because time passes. Silence is put in where a later packet of sound shows
    that there is a gap, and at the end; and far behind the pictures, as a player looks for sound
    near them.
    """

    def __init__(
        self,
        video: VideoFormat | None,
        zero: float,
        write: Callable[[bytes], None],
        *,
        audio: bool,
        tell: Tell = tell_nobody,
    ) -> None:
        self.codec = video.codec if video is not None else None
        """Of the pictures; none if there are none."""
        self.account = Account(tell)
        self._zero = zero
        self._write = write
        self._index = Index()
        self._muxer = Muxer(video, audio=audio, index=self._index)
        self._sound = SoundTrack() if audio else None
        self._last_picture = self._last_captured = -1
        # When the first picture after the last sound arrived.
        self._silent_since: float | None = None
        self._lasts_ms = 0

    def video(self, frame: Frame, time: float) -> None:
        """A picture captured at `time`."""
        before, at = self._last_picture, self._picture_time(round((time - self._zero) * 1000))
        if frame.lost and before >= 0:
            self.account.gap(Gap("picture", "lost", before, at))
        if self._silent_since is None:
            self._silent_since = frame.arrival
        elif self._sound is not None and frame.arrival - self._silent_since > PATIENCE:
            self._fill(self._sound, (at - round(PATIENCE * 1000)) * OPUS_RATE // 1000)
        if pieces := self._muxer.video(frame, at):
            self._emit(pieces)

    def _picture_time(self, captured: int) -> int:
        """In ms, where a picture goes: as late as the sound; at double speed
        until it is again no later than that.

        Sound makes up for its lag in the first pause, in no time. Pictures would follow all at
        once.
        """
        lag = self._sound.lag * 1000 // OPUS_RATE if self._sound is not None else 0
        step = max(1, (captured - self._last_captured) // CATCHING_UP)
        self._last_picture = max(
            captured + lag, self._last_picture + step if self._last_picture >= 0 else 0
        )
        self._last_captured = captured
        return self._last_picture

    def audio(self, frame: Frame, time: float) -> None:
        """An Opus packet captured at `time`."""
        if (track := self._sound) is None:
            return
        self._silent_since = None
        begun, before, skipped = track.begun, track.end, track.skipped
        placed = track.place(frame.data, round((time - self._zero) * OPUS_RATE))
        if placed is None:
            self.account.count("discarded_sound_ms", opus_samples(frame.data) * 1000 // OPUS_RATE)
            return
        self.account.count("skipped_sound_ms", (track.skipped - skipped) * 1000 // OPUS_RATE)
        self._mux_sound(placed)
        if len(placed) > 1 and begun:
            self._note_silence(before, placed[-1][1], lost=frame.lost)

    @property
    def end(self) -> float:
        """The time up to which there is sound or a picture."""
        return self._zero + max(
            self._last_picture / 1000, self._sound.end / OPUS_RATE if self._sound else 0.0
        )

    def close(self, until: float | None = None) -> None:
        """Write the last cluster. The last picture stands still `until` then, if that is later."""
        if self._sound is not None:
            self._fill(self._sound, self._last_picture * OPUS_RATE // 1000)
        if until is not None:
            self._lasts_ms = round((until - self._zero) * 1000)
        self._emit(self._muxer.close())

    def summary(self) -> PartSummary:
        """Of what was written; raises NothingPlayableError if that is nothing."""
        return replace(self._index.summary(self._lasts_ms), losses=self.account.losses())

    def _fill(self, track: SoundTrack, until: int) -> None:
        before = track.end
        if placed := track.silence(until):
            self._mux_sound(placed)
            self._note_silence(before, track.end, lost=False)

    def _note_silence(self, begin: int, end: int, *, lost: bool) -> None:
        begin_ms, end_ms = begin * 1000 // OPUS_RATE, end * 1000 // OPUS_RATE
        self.account.count("silence_ms", end_ms - begin_ms)
        if lost or end_ms - begin_ms >= PAUSE:
            self.account.gap(Gap("sound", "lost" if lost else "not_sent", begin_ms, end_ms))

    def _mux_sound(self, placed: Placed) -> None:
        for payload, samples in placed:
            if pieces := self._muxer.audio(payload, samples):
                self._emit(pieces)

    def _emit(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            self._write(piece)
