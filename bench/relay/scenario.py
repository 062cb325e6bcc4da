"""What is measured: who talks to whom, and under which conditions."""

from dataclasses import dataclass, replace

from relay.load.description import Track
from relay.load.generator import AUDIO_RATE, VIDEO_RATE, new_ssrc
from relay.media import Kind


@dataclass(frozen=True)
class Scenario:
    """Equal rooms in which the first `publishers` send and everybody receives all the others."""

    name: str
    title: str
    rooms: int
    participants: int = 2
    """In each room."""
    publishers: int = 2
    video: bool = True
    recorded: bool = False
    loss: float = 0.0
    """Fraction lost at random in each direction of each client."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What a publisher sends."""
        return ("audio", "video") if self.video else ("audio",)

    @property
    def sent_per_second(self) -> int:
        """RTP packets of all publishers, without retransmissions."""
        return self.rooms * self.publishers * (AUDIO_RATE + VIDEO_RATE * self.video)

    @property
    def fan_out(self) -> int:
        """How often each packet is forwarded."""
        return self.participants - 1

    def tracks(self) -> tuple[Track, ...]:
        """Those of one publisher, as it offers them."""
        return tuple(
            Track(kind, str(mid), new_ssrc(), new_ssrc() if kind == "video" else 0)
            for mid, kind in enumerate(self.kinds)
        )

    def with_rooms(self, rooms: int) -> "Scenario":
        """The same with another number of rooms."""
        return replace(self, rooms=rooms)


CALLS = Scenario("two_party_calls", "24 two-party calls", rooms=24)
RECORDED = Scenario("recording", "24 calls, all recorded", rooms=24, recorded=True)
SCENARIOS = (
    CALLS,
    Scenario("48_calls", "48 two-party calls", rooms=48),
    Scenario("96_calls", "96 two-party calls", rooms=96),
    Scenario("one_to_50", "one publisher, 50 subscribers", rooms=1, participants=51, publishers=1),
    Scenario("audio_only", "24 calls, audio only", rooms=24, video=False),
    RECORDED,
    Scenario("loss_2_percent", "24 calls, 2 % loss each way", rooms=24, loss=0.02),
)
