"""The muxer: encoded frames in, Matroska or WebM clusters out, by libav through PyAV. Nothing is transcoded."""

from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import OutputContainer
from av.stream import Stream

from relay.media import Kind
from relay.recording import h264
from relay.recording.depacketize import OPUS_RATE, Frame, picture_size

MILLISECOND = Fraction(1, 1000)
_SAMPLE = Fraction(1, OPUS_RATE)
_BUFFER = 1 << 20  # libav writes after each cluster; a smaller buffer would tear clusters of more than its size
_OPTIONS = {
    "live": "1",  # clusters of known size without any seeking back in the output
    # what kill -9 may cost, beside what the jitter buffer holds and a second of storing:
    "cluster_time_limit": "800",  # ms, while a cluster is being built
    "max_interleave_delta": "300000",  # us; the default lets a silent track withhold the other for 10 s
}


@dataclass(frozen=True)
class VideoFormat:
    """What a file must know before its first frame."""

    codec: str
    """`VP8` or `H264`."""
    width: int
    height: int
    profile: str = ""
    """H.264's, as in `avc1.42e01f`."""

    @classmethod
    def of(cls, codec: str, keyframe: bytes) -> "VideoFormat":
        """Raises ValueError if the keyframe does not tell."""
        width, height = picture_size(codec, keyframe)
        return cls(codec, width, height, h264.profile(keyframe) if codec == "H264" else "")


def media_type(video: VideoFormat | None, audio: bool) -> str:
    """As for HTMLMediaElement.canPlayType."""
    if video is None:
        return 'audio/webm; codecs="opus"'
    sound = ", opus" if audio else ""
    if video.codec == "H264":
        return f'video/x-matroska; codecs="avc1.{video.profile}{sound}"'
    return f'video/webm; codecs="vp8{sound}"'


class Muxer:
    """One file; every call returns the octets that came due: the header first, then whole clusters."""

    def __init__(self, video: VideoFormat | None, *, audio: bool) -> None:
        container = "matroska" if video is not None and video.codec == "H264" else "webm"
        self._output = _Output()
        self._container: OutputContainer = av.open(
            self._output, "w", format=container, buffer_size=_BUFFER, container_options=_OPTIONS
        )
        self._streams: dict[Kind, Stream] = {}
        if video is not None:
            self._streams["video"] = self._container.add_mux_stream(
                video.codec.lower(), width=video.width, height=video.height
            )
        if audio:  # add_mux_stream("opus") would write no OpusHead, without which nothing plays; it never encodes
            self._streams["audio"] = self._container.add_stream("libopus", rate=OPUS_RATE, layout="stereo")

    def video(self, frame: Frame, time_ms: int) -> list[bytes]:
        """Times of one track must grow from frame to frame."""
        return self._mux("video", frame.data, time_ms, MILLISECOND, keyframe=frame.keyframe)

    def audio(self, payload: bytes, samples: int) -> list[bytes]:
        """One Opus packet; `samples` is its time at 48 kHz."""
        return self._mux("audio", payload, samples, _SAMPLE, keyframe=True)

    def close(self) -> list[bytes]:
        """What was held back. Nothing may be muxed afterwards."""
        self._container.close()
        return self._output.take()

    def _mux(self, kind: Kind, data: bytes, time: int, unit: Fraction, *, keyframe: bool) -> list[bytes]:
        packet = av.Packet(data)
        packet.pts = packet.dts = time
        packet.time_base = unit
        packet.is_keyframe = keyframe
        packet.stream = self._streams[kind]
        self._container.mux_one(packet)
        return self._output.take() if self._output.pieces else []


class _Output:
    """A file for PyAV. An error raised in `write` would make every later call of libav fail, so it only collects."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(data)
        return len(data)

    def take(self) -> list[bytes]:
        taken, self.pieces = self.pieces, []
        return taken
