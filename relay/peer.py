"""One participant's connection to the relay."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from relay.assignment import Publication
from relay.connection import Connection
from relay.endpoint import Endpoint
from relay.forwarder import MediaStats, Path
from relay.media import SOURCES, Assignment, Slot, SlotCount, Source
from relay.negotiation import negotiate
from relay.negotiation.negotiate import Negotiation
from relay.quality import Judgement
from relay.silence import Silence


class PeerListener(Protocol):
    """The signaling side of one peer. Called on the event loop; must not block or raise."""

    def peer_connected(self) -> None:
        """Media can flow; called again when it recovers after `peer_disconnected`."""

    def peer_disconnected(self, reason: str) -> None:
        """`timeout` (no check or media, RFC 7675), or why DTLS failed or closed;
        a new offer may revive it.
        """

    def need_offer(self, slots: SlotCount) -> None:
        """The room grew: the browser must offer again with at least these receiving m-lines."""

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None:
        """All assignments as they are now; not called for what `offer` already returned."""


@dataclass(frozen=True)
class Answer:
    """Reply to an offer."""

    sdp: str
    assignments: tuple[Assignment, ...]


class Peer:
    """Made by `Room.join`; ends by `Room.leave` or by the same participant joining again."""

    def __init__(
        self,
        participant_id: str,
        listener: PeerListener,
        endpoint: Endpoint,
        on_change: Callable[["Peer"], None],
        agree: Callable[[tuple[str, ...]], tuple[str, ...]],
    ) -> None:
        """`on_change` is called when an answer has changed what the peer sends or receives, and
        before the answer is given, which tells what the peer receives then; `agree` is as for
        negotiate.answer.
        """
        self.participant_id = participant_id
        self.slots_needed = SlotCount(1, 2)
        self.connected = False
        self.assignments: dict[str, Assignment] = {}
        """By slot MID."""
        self.receives = SOURCES
        """Nothing of any other source is sent to it, whatever its slots are assigned to."""
        self._listener = listener
        self._endpoint = endpoint
        self._on_change = on_change
        self._agree = agree
        self._negotiation: Negotiation | None = None
        self._connection: Connection | None = None
        self._asked_for: SlotCount | None = None
        self._sends_as: tuple[str, ...] = ()
        self._closed = False
        self._silence = Silence()

    async def offer(self, sdp: str, sources: Mapping[str, Source]) -> Answer:
        """Answer an offer; `sources` is mid → source.

        Raises NegotiationError, and then nothing has changed.
        """
        if self._closed:
            raise negotiate.NegotiationError("this connection was replaced or has left")
        negotiation = negotiate.answer(
            sdp, sources, self._endpoint.local, self._negotiation, agree=self._agree
        )
        replaced = self._connection if negotiation.new_connection else None
        self._negotiation = negotiation
        if self._connection is None or negotiation.new_connection:
            self.connected = False
            self._silence = Silence()
            self._connection = Connection(self._endpoint, negotiation, self._on_closed)
        else:
            self._connection.update(negotiation)
        self._on_change(self)
        answer = Answer(negotiation.answer, tuple(self.assignments.values()))
        if replaced is not None:
            await replaced.close()
        return answer

    def receive(self, sources: frozenset[Source]) -> None:
        """Be sent these sources of the others and nothing else. Its slots keep what they are
        assigned to, so that a picture is back with its next keyframe.
        """
        if sources != self.receives:
            self.receives = sources
            self._on_change(self)

    @property
    def key(self) -> int | None:
        """The peer in the forwarder; none before the first offer."""
        return self._connection.key if self._connection else None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What it can receive on."""
        return self._negotiation.slots if self._negotiation else ()

    @property
    def video_codecs(self) -> tuple[str, ...] | None:
        """What the browser can do of the server's video codecs;
        None before it has offered any video.
        """
        return self._negotiation.video_codecs if self._negotiation else None

    @property
    def publication(self) -> Publication:
        """What it sends."""
        if self._negotiation is None:
            return Publication(self.participant_id, None)
        return Publication(
            self.participant_id, {uplink.source: uplink.mid for uplink in self._negotiation.uplinks}
        )

    def assigned(self, assignments: dict[str, Assignment], *, tell: bool) -> None:
        """The room's decision what its slots carry; whether to tell the listener, if
        that is new.
        """
        if assignments == self.assignments:
            return
        self.assignments = assignments
        if tell and not self._closed:
            self._listener.assignments_changed(tuple(assignments.values()))

    def ask_for(self, needed: SlotCount) -> None:
        """The room's size. Asks for an offer once for each size,
        if the slots agreed on are too few.
        """
        self.slots_needed = needed if self.video_codecs != () else SlotCount(needed.audio, 0)
        audio = sum(slot.kind == "audio" for slot in self.slots)
        enough = (
            audio >= self.slots_needed.audio and len(self.slots) - audio >= self.slots_needed.video
        )
        if (
            self._negotiation is not None
            and not enough
            and self._asked_for != needed
            and not self._closed
        ):
            self._asked_for = needed
            self._listener.need_offer(self.slots_needed)

    def send_as(self, agreed: tuple[str, ...]) -> None:
        """Asks for an offer if the peer sends a video codec that is not one of these,
        which it could send.
        """
        uplinks = self._negotiation.uplinks if self._negotiation else ()
        sent = {uplink.codecs[0].name for uplink in uplinks if uplink.kind == "video"}
        if sent <= set(agreed):
            self._sends_as = ()  # whoever comes with other needs is worth another question
        elif agreed and self._sends_as != agreed and not self._closed:
            self._sends_as = agreed
            self._listener.need_offer(self.slots_needed)

    def check(self, now: float) -> None:
        """Notice that the peer has appeared, vanished, or come back."""
        connection = self._connection
        if connection is None:
            return
        self._silence.update(connection.heard, now)
        if connection.alive(now) == self.connected:
            return
        self.connected = not self.connected
        if self.connected:
            self._listener.peer_connected()
        else:
            self._endpoint.forwarder.disconnected(connection.key)
            self._listener.peer_disconnected("timeout")

    def _on_closed(self, reason: str) -> None:
        self.connected = False
        # Its keys are gone: whatever the browser offers next begins a new connection.
        self._negotiation = None
        if self._connection is not None:
            self._connection.secured = False
            self._endpoint.forwarder.disconnected(self._connection.key)
        if not self._closed:
            self._listener.peer_disconnected(reason)

    @property
    def lost(self) -> bool:
        """It was heard all the time, and now it is not: for two seconds, long before it counts
        as disconnected.
        """
        return self._silence.silent

    def quality(self) -> Judgement | None:
        """A word for both directions of its own way; none before the first reports."""
        if self.lost:
            return Judgement("lost")
        return self._endpoint.forwarder.quality(self._connection.key) if self._connection else None

    def path(self) -> Path:
        """What the browser cannot measure itself of its own way."""
        return self.stats().path

    def stats(self) -> MediaStats:
        """Counters and rates of its tracks."""
        return self._endpoint.forwarder.stats(self._connection.key if self._connection else 0)

    async def close(self) -> None:
        """End the connection; the listener hears nothing more."""
        self._closed = True
        self.connected = False
        self._negotiation = None
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
