"""A capture whose clock is driven by the packets, and the parts it writes as a player sees them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from relay.media import Codec, PartSource, Source
from relay.recording.capture import Capture
from relay.recording.losses import Count
from relay.recording.part import Part
from relay.recording.webm import VideoFormat, media_type
from relay.tap import Packet
from tests.relay.rtpsource import OPUS, VP8, Sender, Sent, packets
from tests.support.sequence import SequenceNumbers

LATENCY = 0.02


@dataclass
class Written:
    """One part as a player sees it."""

    source: PartSource
    media_type: str
    zero: float
    data: bytearray = field(default_factory=bytearray)
    closed: bool = False
    part: Part | None = None

    def file(self) -> bytes:
        assert self.closed
        assert self.part is not None
        summary = self.part.summary()
        return summary.seek_header + bytes(self.data[summary.body_offset :])

    def picture_times(self) -> list[float]:
        """Of all pictures that decode, in seconds."""
        with av.open(BytesIO(self.file()), "r") as container:
            return [float(frame.time) for frame in container.decode(video=0)]

    def sound(self) -> NDArray[Any]:
        """Samples at 48 kHz, laid end to end as players do."""
        with av.open(BytesIO(self.file()), "r") as container:
            return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


class Studio:
    """A capture whose clock is driven by the packets."""

    def __init__(self, batch: float = 0.0) -> None:
        """Packets are handed over one by one, or each `batch` seconds as the engine does:
        in runs without a gap.
        """
        self._batch, self._handed_over = batch, 0.0
        self._runs: list[tuple[Source, Codec, int, int, list[Packet]]] = []
        self._numbers: dict[int, SequenceNumbers] = {}
        self.parts: list[Written] = []
        self.requests: list[tuple[float, Source]] = []
        self.failures: list[Exception] = []
        self.told: Counter[str] = Counter()
        self.now = self.next_tick = 0.0
        self.next_report = 0.3
        self.stalls: tuple[tuple[float, float], ...] = ()
        self.leaps: dict[Source, tuple[float, float]] = {}
        self.rates: dict[Source, float] = {}
        """How fast a source's own clock runs, where it is not as fast as time."""
        self.capture = Capture(
            self.open_part,
            self.end_part,
            lambda source: self.requests.append((self.now, source)),
            self.failures.append,
        )

    def open_part(
        self, source: PartSource, video: VideoFormat | None, zero: float, *, audio: bool
    ) -> Part:
        written = Written(source, media_type(video, audio=audio), zero)
        written.part = Part(video, zero, written.data.extend, audio=audio, tell=self.tell)
        self.parts.append(written)
        return written.part

    def tell(self, what: Count, number: int) -> None:
        self.told[what] += number

    def end_part(self, part: Part, until: float | None) -> None:
        part.close(until)
        next(written for written in self.parts if written.part is part).closed = True

    def run(self, *arrivals: Iterable[Sent], until: float = 0.0, reports: bool = False) -> None:
        """Hand over what arrives, in its order, with a tick each 100 ms and, if wanted,
        a report each second.
        """
        for sent in sorted(
            (sent for stream in arrivals for sent in stream), key=lambda sent: sent.time
        ):
            self.wait(sent.time)
            self.now = sent.time
            if reports and sent.time >= self.next_report:
                self.next_report += 1
                self.report(sent.time)
            self.hear(sent)
        self.hand_over()
        self.wait(until)

    def hear(self, sent: Sent) -> None:
        """Let a packet wait for the next time that packets are handed over."""
        ssrc, number, arrived = packets(sent)
        sequence, _ = self._numbers.setdefault(ssrc, SequenceNumbers()).extend(number)
        if sequence is None:
            return
        last = self._runs[-1] if self._runs else None
        if last and last[:4] == (sent.source, sent.codec, ssrc, sequence - len(last[4])):
            last[4].extend(arrived)
        else:
            self._runs.append((sent.source, sent.codec, ssrc, sequence, arrived))
        if sent.time >= self._handed_over + self._batch:
            self._handed_over = sent.time
            self.hand_over()

    def hand_over(self) -> None:
        runs, self._runs = self._runs, []
        for run in runs:
            self.capture.rtp(*run)

    def report(self, now: float) -> None:
        self.hand_over()
        for sender in (Sender("camera", VP8), Sender("microphone", OPUS)):
            sent = now - LATENCY
            ntp_time = round((3.9e9 + sent) * 2**32)
            timestamp = sender.timestamp(self.media_time(sender.source, sent))
            self.capture.sender_report(sender.source, ntp_time, timestamp, now)

    def media_time(self, source: Source, now: float) -> float:
        """By the media's own clock: what a sender's report takes from its newest frame
        and the time since.
        """
        for begin, length in self.stalls:
            now = now if now < begin + length else now - length
        begin, leap = self.leaps.get(source, (now + 1, 0.0))
        return now * self.rates.get(source, 1.0) + (leap if now >= begin else 0.0)

    def wait(self, until: float) -> None:
        while self.next_tick <= until:
            self.hand_over()
            self.now = self.next_tick
            self.capture.tick(self.now)
            self.next_tick += 0.1

    def finish(self) -> list[Written]:
        self.capture.finish()
        assert not self.failures, self.failures
        assert all(written.closed for written in self.parts)
        return self.parts
