"""One participant's packets turned into parts: the tap behind which a recording begins."""

import logging
from collections.abc import Callable
from typing import Protocol

from relay.media import KIND_OF_SOURCE, Codec, PartSource, Source
from relay.recording._recording import SenderClock
from relay.recording.depacketize import Frame
from relay.recording.part import Part
from relay.recording.recorded import Recorded
from relay.recording.stream import Stream
from relay.recording.webm import VideoFormat
from relay.tap import Packet

MAX_TICK = 0.2  # s by which a tick lets time pass, twice what is between ticks
PATIENCE_FOR_CAMERA = 1.0  # s of sound held until a part without picture is begun
MAX_EARLY = 1000  # packets of sound that wait for a part; browsers send 50 to 100 a second
BETWEEN_CODECS = 2.0  # s for which a part lasts at least until another codec begins the next
PATIENCE_FOR_KEYFRAME = 2.0  # s the same while a camera is being sent

_RECORDED = {"audio": ("opus",), "video": ("VP8", "H264")}

_log = logging.getLogger(__name__)


class PartOpener(Protocol):
    """Begins a part with capture time `zero`."""

    def __call__(
        self, source: PartSource, video: VideoFormat | None, zero: float, *, audio: bool
    ) -> Part: ...


class Capture:
    """All sources of one participant (a relay.tap.Tap); time comes in with each call.

    Camera and microphone share a part, which always has a sound track, so that a microphone may
    come later; there is a part of sound alone while there is no picture. `failed` hears of what
    makes going on impossible: whatever goes wrong in writing ends the recording and never the call.
    """

    def __init__(
        self,
        open_part: PartOpener,
        end_part: Callable[[Part, float | None], None],
        request_keyframe: Callable[[Source], None],
        failed: Callable[[Exception], None],
        recorded: Recorded | None = None,
    ) -> None:
        self._recorded = recorded or Recorded()
        self._open_part = open_part
        self._end_part = end_part
        self._request_keyframe = request_keyframe
        self._failed = failed
        self._sender = SenderClock()
        self._streams: dict[Source, Stream] = {}
        self._parts: dict[PartSource, Part] = {}
        self._early: list[tuple[Frame, float]] = []  # sound that waits for a part
        self._unreadable = 0
        self._last_begun = float("-inf")
        self._round_trip: float | None = None
        self._now = float("-inf")

    def rtp(
        self, source: Source, codec: Codec, ssrc: int, sequence: int, packets: list[Packet]
    ) -> None:
        """See Tap."""
        try:
            stream = self._stream(source, codec, ssrc)
            self._now = max(self._now, packets[-1][3])
            if stream is not None:
                self._write_frames(source, stream, stream.add(sequence, packets))
        except Exception as error:
            self._failed(error)

    def sender_report(
        self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float
    ) -> None:
        """See Tap."""
        stream = self._streams.get(source)
        if stream is None:
            return
        try:
            self._write_frames(
                source, stream, stream.sender_report(ntp_time, rtp_timestamp, arrival)
            )
        except Exception as error:
            self._failed(error)

    def round_trip(self, seconds: float | None) -> None:
        """To the participant and back, as measured; to be called when it is known and now
        and then.
        """
        self._round_trip = seconds
        for stream in self._streams.values():
            stream.round_trip(seconds)

    def lost(self, source: Source, packets: int) -> None:
        """See Tap."""
        self._recorded.lost_packets[source] += packets
        part = self._parts.get("screen" if source == "screen" else "camera")
        if part is not None:
            part.account.count("overrun_packets", packets)

    def source_ended(self, source: Source) -> None:
        """See Tap."""
        try:
            self._end(source)
        except Exception as error:
            self._failed(error)

    def tick(self, now: float) -> None:
        """To be called some ten times a second: what is due without a packet coming.

        Time passes by the packets, and by little at each call. After a standstill of the server (a
        blocked event loop, SIGSTOP) packets that came long ago are still to be handed over; `now`
        alone would declare lost what only waits.
        """
        known = self._now if self._now > float("-inf") else now
        self._now = max(known, min(now, known + MAX_TICK))
        try:
            self._tick(self._now)
        except Exception as error:
            self._failed(error)

    def finish(self) -> None:
        """End all parts with all that was received; `tick` before tells until when they last."""
        for source in list(self._streams):
            self.source_ended(source)

    def _stream(self, source: Source, codec: Codec, ssrc: int) -> Stream | None:
        stream = self._streams.get(source)
        if stream is not None and stream.ssrc == ssrc and stream.codec.name == codec.name:
            return stream
        if codec.name not in _RECORDED[KIND_OF_SOURCE[source]]:
            self._drop(f"codec {codec.name} is not recorded")
            return None
        if stream is not None:
            self._write_frames(source, stream, stream.flush())
        self._streams[source] = Stream(ssrc, codec, self._sender, self._round_trip)
        return self._streams[source]

    def _write_frames(
        self, source: Source, stream: Stream, frames: list[tuple[Frame, float]]
    ) -> None:
        if frames and source == "microphone":
            self._write_sound(frames)
        elif frames and source != "microphone":
            self._write_pictures(source, stream, frames)
        part = self._parts.get("screen" if source == "screen" else "camera")
        if part is not None:
            for what, number in stream.new_losses().items():
                part.account.count(what, number)

    def _write_sound(self, frames: list[tuple[Frame, float]]) -> None:
        self._recorded.frames["microphone"] += len(frames)
        part = self._parts.get("camera")
        if part is not None:
            for frame, time in frames:
                part.audio(frame, time)
            return
        self._early += frames
        if len(self._early) >= MAX_EARLY:
            self._begin("camera", None, self._early[0][1])

    def _write_pictures(
        self, source: PartSource, stream: Stream, frames: list[tuple[Frame, float]]
    ) -> None:
        part, codec, written = self._parts.get(source), stream.codec.name, 0
        for frame, time in frames:
            if frame.keyframe:
                part = self._keyframe(source, stream, frame, time)
            if part is None:
                continue
            if part.codec == codec:
                part.video(frame, time)
                written += 1
            else:
                part.account.count("discarded_pictures")
                stream.last_keyframe = float("-inf")  # ask for another
        self._recorded.frames[source] += written

    def _keyframe(
        self, source: PartSource, stream: Stream, frame: Frame, time: float
    ) -> Part | None:
        """The part that it belongs to, which may begin with it."""
        part = self._parts.get(source)
        stream.last_keyframe = frame.arrival
        if (
            self._may_begin(part, stream.codec.name, frame)
            and (video := self._format(stream, frame)) is not None
        ):
            part = self._begin(source, video, time)
            self._last_begun = frame.arrival
        return part

    def _may_begin(self, part: Part | None, codec: str, keyframe: Frame) -> bool:
        """A part is a file, and a peer chooses how often its codec changes."""
        if part is None or part.codec is None:
            return True
        return part.codec != codec and keyframe.arrival - self._last_begun >= BETWEEN_CODECS

    def _format(self, stream: Stream, keyframe: Frame) -> VideoFormat | None:
        try:
            return VideoFormat.of(stream.codec.name, keyframe.data)
        except ValueError as error:
            self._drop(str(error))
            stream.last_keyframe = float("-inf")  # ask for another
            return None

    def _begin(self, source: PartSource, video: VideoFormat | None, time: float) -> Part:
        """A new part; it continues where the present one ends, if there is one."""
        if (present := self._parts.get(source)) is not None:
            time = max(time, present.end)
        self._close(source)
        sound, self._early = (self._early, []) if source == "camera" else ([], self._early)
        zero = min(time, sound[0][1]) if sound else time
        part = self._parts[source] = self._open_part(source, video, zero, audio=source == "camera")
        for frame, captured in sound:
            part.audio(frame, captured)
        return part

    def _close(self, source: PartSource) -> None:
        """A screen that stands still sends nothing, and is there until it ends."""
        part = self._parts.pop(source, None)
        if part is not None:
            self._end_part(part, self._now if source == "screen" else None)

    def _end(self, source: Source) -> None:
        stream = self._streams.pop(source, None)
        if stream is not None:
            self._write_frames(source, stream, stream.flush())
        if source == "screen":
            self._close("screen")
        elif not {"microphone", "camera"} & self._streams.keys():
            if self._early:
                self._begin("camera", None, self._early[0][1])
            self._close("camera")
        if not self._streams:
            self._sender = SenderClock()  # whoever comes back may come with another device

    def _tick(self, now: float) -> None:
        for source, stream in self._streams.items():
            self._write_frames(source, stream, stream.expire(now))
            if stream.wants_keyframe(now):
                self._request_keyframe(source)
        patience = PATIENCE_FOR_KEYFRAME if "camera" in self._streams else PATIENCE_FOR_CAMERA
        if self._early and now - self._early[0][0].arrival > patience:
            self._begin("camera", None, self._early[0][1])

    def _drop(self, reason: str) -> None:
        self._unreadable += 1
        if self._unreadable == 1:
            _log.warning("a packet cannot be recorded: %s", reason)
