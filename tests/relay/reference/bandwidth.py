"""How fast a publisher may send: no faster than its slowest subscriber can take.

A browser's REMB is not just what it can take. It begins near the rate that comes in, grows by 8 % a
second and never beyond 1.5 times that rate (libwebrtc's AIMD control), so a publisher bound to it
from the start stays at 150 kbit/s for half a minute (measured). What it does tell is congestion:
then it falls, or stays below the rate that comes in. From then on the publisher is bound, until
nothing has been congested for a while.

And it is silent about a link that is too narrow by half: once the router's queue is full, delay no
longer grows, and REMB stays at 900 kbit/s on a link of 300 while every second packet, sound
included, is lost (measured). There loss is all that tells, and the way up again is felt for,
whatever REMB says.
"""

from collections.abc import Iterable

FLOOR_BPS = 150_000
"""A picture below this is not worth sending,
and the estimator of a starved subscriber recovers slowly.
"""
CLEAR_AFTER = 10.0
"""Seconds without congestion until a subscriber binds no more."""
_STUCK_AFTER = 2.0
_HEADROOM = 1.25
_BACK_OFF = 0.85  # as the browser's own estimator does
_LOSS_OF_CONGESTION = 0.1  # libwebrtc's loss-based control backs off above this
_LOSS_OF_NARROWNESS = 0.2  # a link that loses by chance rarely gets here
_GROWTH = 1.08  # a second, as of libwebrtc's AIMD control


class DownlinkBudget:
    """What one subscriber can take of video, bits per second; `bitrate_bps` is none as long
    as nothing binds it.
    """

    def __init__(self) -> None:
        self.bitrate_bps: int | None = None
        self._estimate = 0
        self._rose_at = float("-inf")
        self._congested_at = float("-inf")
        self._grown_at = float("-inf")
        self._loss = 0.0
        self._narrow = False

    @property
    def layers_bps(self) -> int | None:
        """What layers are chosen for: as the estimate says,
        for it is not lowered for everybody's sake.
        """
        if self.bitrate_bps is None or not self._estimate:
            return self.bitrate_bps
        return min(self.bitrate_bps, self._estimate)

    def estimated(self, estimate_bps: int, sent_bps: int, now: float) -> None:
        """A REMB came while `sent_bps` of video went out."""
        if estimate_bps > self._estimate:
            self._rose_at = now
        fell = estimate_bps < 0.97 * self._estimate
        # After heavy loss Chromium's estimate stood still for 20 s on a link that was free again
        # (measured).
        stuck = now - self._rose_at > _STUCK_AFTER and not self._narrow
        self._estimate = estimate_bps
        if estimate_bps < 0.9 * sent_bps and (fell or stuck):
            self._bind(max(estimate_bps, int(_BACK_OFF * sent_bps)), now)
        elif self.bitrate_bps is not None:
            self.bitrate_bps = (
                self._grown(self.bitrate_bps, now)
                if self._narrow
                else max(self.bitrate_bps, estimate_bps)
            )
            if now - self._congested_at > CLEAR_AFTER and estimate_bps > _HEADROOM * sent_bps:
                # Still narrow: this browser's estimate stands still for long after.
                self.bitrate_bps = None

    def lost(self, fraction: float, sent_bps: int, now: float) -> None:
        """A stretch of video arrived with this loss: much of it is congestion,
        whatever the estimate says.

        One bad stretch may be a short outage; from the second on only what arrives is sent.
        """
        before, self._loss = self._loss, fraction
        if fraction > _LOSS_OF_CONGESTION:
            self._narrow = self._narrow or fraction > _LOSS_OF_NARROWNESS
            lasting = min(before, fraction) > _LOSS_OF_NARROWNESS
            self._bind(int((1 - (1.0 if lasting else 0.5) * fraction) * sent_bps), now)

    def _grown(self, bitrate_bps: int, now: float) -> int:
        seconds, self._grown_at = min(1.0, now - self._grown_at), now
        return (
            bitrate_bps
            if self._loss > _LOSS_OF_CONGESTION
            else int(min(2.0**53, bitrate_bps * _GROWTH**seconds))
        )

    def _bind(self, bitrate_bps: int, now: float) -> None:
        self.bitrate_bps = max(FLOOR_BPS, bitrate_bps)
        self._congested_at = self._grown_at = now


class LossWindow:
    """What of a stream is lost on a subscriber's own way, over stretches long enough to mean
    something.

    Browsers report as often as every 100 ms; with 5 packets between two reports, one loss looks
    like 20 %. A report counts as lost what the publisher's way has lost, too: only what was sent
    can be lost here.
    """

    _SECONDS = 2.0
    _PACKETS = 40

    def __init__(self) -> None:
        self.fraction: float | None = None
        """Of the last complete stretch."""
        self._since: tuple[float, int, int] | None = None

    def reported(self, received: int, sent: int, now: float) -> float | None:
        """How many packets the subscriber has received, of how many that were sent to it by then;
        both counted from any number on. The fraction lost once a stretch is complete.
        """
        if self._since is None or received < self._since[1] or sent < self._since[2]:
            self._since = now, received, sent
            return None
        at, received_before, sent_before = self._since
        due = sent - sent_before
        if now - at < self._SECONDS or due < self._PACKETS:
            return None
        self._since = now, received, sent
        self.fraction = max(0, due - (received - received_before)) / due
        return self.fraction


def share(budget_bps: int | None, videos: int) -> int | None:
    """What each of a subscriber's videos may use; none if nothing binds it."""
    return None if budget_bps is None else budget_bps // max(1, videos)


def cap(shares: Iterable[int | None], maximum_bps: int) -> int:
    """For one video: the smallest share of its subscribers, between the floor
    and the configured maximum.
    """
    return max(FLOOR_BPS, min([maximum_bps, *(known for known in shares if known is not None)]))


def layered_cap(shares: Iterable[int | None], lower_bps: int, maximum_bps: int) -> int:
    """With layers a slow subscriber takes a lower one and slows nobody: the largest share,
    plus the lower ones.
    """
    known = list(shares)
    most = max(
        (maximum_bps if share is None else share + lower_bps for share in known),
        default=maximum_bps,
    )
    return max(FLOOR_BPS, min(maximum_bps, most))


class CapMessages:
    """Decides when a publisher is told its cap: at once when it falls by 3 %,
    otherwise each second.
    """

    _REPEAT_AFTER = 1.0
    _FALL = 0.97

    def __init__(self) -> None:
        self.told: int | None = None
        self._told_at = float("-inf")

    def due(self, bitrate_bps: int, now: float) -> bool:
        """True when `bitrate_bps` is to be sent now; it then counts as told."""
        fell = self.told is not None and bitrate_bps < self._FALL * self.told
        if not fell and now - self._told_at < self._REPEAT_AFTER:
            return False
        self.told, self._told_at = bitrate_bps, now
        return True


_LEAST_VIDEO, _ABOVE_CAP, _MOST_SOUND = 10e6, 4, 1.5e6
"""Bits per second: a screen at 1080p60 is 8 Mbit/s, Opus at most 0.51."""
_INGRESS_BURST = 2.0
"""Seconds; what a network held back comes at once."""
_LEAST_COST = 200
"""Octets; small packets cost more than their size."""


class Ingress:
    """What one track may bring, whoever sends it: several times what a browser does that keeps to
    its cap, retransmissions and probes of the path included, but an end to what fills disks and
    networks.
    """

    def __init__(self, kind: str, max_video_bitrate_bps: int) -> None:
        self._limit = (
            max(_LEAST_VIDEO, _ABOVE_CAP * max_video_bitrate_bps)
            if kind == "video"
            else _MOST_SOUND
        )
        self._most = _INGRESS_BURST * self._limit / 8
        self._tokens: float | None = None
        self._at = 0.0

    def admits(self, length: int, arrival: float) -> bool:
        """Whether a packet is within the limit; it then counts."""
        if self._tokens is None:
            self._tokens, self._at = self._most, arrival
        self._tokens = min(
            self._most, self._tokens + max(0.0, arrival - self._at) * self._limit / 8
        )
        self._at = max(self._at, arrival)
        cost = max(length, _LEAST_COST)
        if cost > self._tokens:
            return False
        self._tokens -= cost
        return True
