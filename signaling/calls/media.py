"""The relay's side of a call: offers in, answers out, who is connected and how well."""

from collections import Counter
from collections.abc import Callable, Sequence

from relay.media import Assignment, SlotCount, Source
from relay.negotiation.negotiate import NegotiationError
from signaling.calls.ledger import Outcome
from signaling.calls.live import LiveCall, Party
from signaling.messages import Answer, NeedOffer, Participants, Quality, QualityChanged, Slots
from signaling.problem import ProblemError

Changed = Callable[[LiveCall, Party], None]
"""The party's media came or went."""

_BEST_FIRST: tuple[Quality, ...] = ("excellent", "good", "fair", "poor")


class PartyListener:
    """What the relay says about one peer, as long as that peer is the party's."""

    def __init__(self, call: LiveCall, party: Party, changed: Changed) -> None:
        self._call = call
        self._party = party
        self._changed = changed

    def peer_connected(self) -> None:
        self._changed(self._call, self._party)

    def peer_disconnected(self, reason: str) -> None:  # noqa: ARG002 - the relay counts reasons; here it is just away
        if not self._call.state.over:
            _tell_quality(self._call, self._party, "poor")
        self._changed(self._call, self._party)

    def need_offer(self, slots: SlotCount) -> None:
        self._party.send(NeedOffer(room_id=self._call.room_id, slots=Slots(audio=slots.audio, video=slots.video)))

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None:
        self._party.assignments = tuple(assignments)
        tell_participants(self._call, self._party)


async def answer(call: LiveCall, party: Party, sdp: str, sources: dict[str, Source], changed: Changed) -> Answer:
    """The answer to a party's offer. A reloaded page is known by its new DTLS certificate: it replaces its old media.

    Raises ProblemError 422 with what the relay could not agree to; then nothing has changed.
    """
    was_connected, could = party.connected, party.video_codecs
    peer = party.peer = party.peer or call.room.join(party.user_id, PartyListener(call, party, changed))
    try:
        reply = await peer.offer(sdp, sources)
    except NegotiationError as error:
        raise ProblemError(422, "bad_offer", "The offer cannot be answered", str(error)) from None
    party.assignments = reply.assignments
    if party.connected != was_connected:
        changed(call, party)
    elif party.video_codecs != could:
        tell_participants(call)
    return Answer(room_id=call.room_id, sdp=reply.sdp, assignments=party.slot_assignments())


def tell_participants(call: LiveCall, *parties: Party) -> None:
    """Who is in the call, to `parties`, each with what arrives on its own m-lines."""
    people = [party.as_participant() for party in call.parties]
    for party in parties or call.parties:
        party.send(Participants(room_id=call.room_id, participants=people, assignments=party.slot_assignments()))


def sample_quality(call: LiveCall) -> None:
    """Take each connection's word for how well it works, and tell both sides when one changes."""
    for party in call.parties:
        quality = _quality(party)
        if quality is not None:
            party.qualities[quality] += 1
            _tell_quality(call, party, quality)


def _quality(party: Party) -> Quality | None:
    """None: nothing is known yet, or its page is just connecting anew. Whoever is cut off stays poor."""
    if party.peer is None:
        return None
    if party.connected:
        return party.peer.quality()
    return "poor" if party.quality == "poor" else None


def _tell_quality(call: LiveCall, party: Party, quality: Quality) -> None:
    if quality != party.quality:
        party.quality = quality
        call.send(QualityChanged(room_id=call.room_id, user_id=party.user_id, quality=quality))


def outcome(call: LiveCall) -> Outcome:
    """What the row keeps of the media."""
    both = call.provider.qualities + call.patient.qualities
    return Outcome(typical(both), call.room.bytes_relayed)


def typical(qualities: Counter[Quality]) -> Quality | None:
    """The median word of all samples, the worse one between two; none without samples."""
    middle = qualities.total() // 2
    for word in _BEST_FIRST:
        middle -= qualities[word]
        if middle < 0:
            return word
    return None
