"""The relay's side of a call: offers in, answers out, who is connected and how well."""

from collections.abc import Callable, Sequence

from relay.media import Assignment, SlotCount, Source
from relay.negotiation.negotiate import NegotiationError
from signaling.calls.ledger import Outcome
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import Answer, NeedOffer, Participants, QualityChanged, Slots
from signaling.calls.resources import ConnectionBySide
from signaling.calls.stretches import STRETCH_SECONDS
from signaling.kernel.clock import Moment
from signaling.kernel.errors import Invalid
from signaling.kernel.words import Condition

Changed = Callable[[LiveCall, Party], None]
"""The party's media came or went."""


class PartyListener:
    """What the relay says about one peer, as long as that peer is the party's."""

    def __init__(
        self, call: LiveCall, party: Party, changed: Changed, now: Callable[[], Moment]
    ) -> None:
        self._now = now
        self._call = call
        self._party = party
        self._changed = changed

    def peer_connected(self) -> None:
        self._party.was_connected = True
        self._changed(self._call, self._party)

    # The relay counts reasons; here somebody is just away.
    def peer_disconnected(self, reason: str) -> None:  # noqa: ARG002
        if not self._call.state.over:
            _sample(self._call, self._party, self._now())
        self._changed(self._call, self._party)

    def need_offer(self, slots: SlotCount) -> None:
        self._party.send(
            NeedOffer(room_id=self._call.room_id, slots=Slots(audio=slots.audio, video=slots.video))
        )

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None:
        self._party.assignments = tuple(assignments)
        tell_participants(self._call, self._party)


async def answer(
    call: LiveCall,
    party: Party,
    sdp: str,
    sources: dict[str, Source],
    changed: Changed,
    now: Callable[[], Moment],
) -> Answer:
    """The answer to a party's offer. A reloaded page is known by its new DTLS certificate:
    it replaces its old media.

    Raises Invalid with what the relay could not agree to; then nothing has changed.
    """
    was_connected, could = party.connected, party.video_codecs
    peer = party.peer = party.peer or call.room.join(
        party.user_id, PartyListener(call, party, changed, now)
    )
    try:
        reply = await peer.offer(sdp, sources)
    except NegotiationError as error:
        raise Invalid("bad_offer", problem=str(error)) from None
    party.assignments = reply.assignments
    if party.connected != was_connected:
        changed(call, party)
    elif party.video_codecs != could:
        tell_participants(call)
    return Answer(room_id=call.room_id, sdp=reply.sdp, assignments=party.slot_assignments())


def tell_participants(call: LiveCall, *parties: Party) -> None:
    """Who is in the call, to `parties`, each with what arrives on its own m-lines."""
    people = [party.as_participant() for party in call.people]
    for party in parties or call.parties:
        party.send(
            Participants(
                room_id=call.room_id,
                participants=people,
                absentees=call.absentees(party),
                assignments=party.slot_assignments(),
            )
        )


def sample_quality(call: LiveCall, now: Moment) -> None:
    """Take each connection's word for how well it works, and tell everybody when one changes."""
    for party in call.parties:
        _sample(call, party, now)


def notice_silence(call: LiveCall, now: Moment) -> None:
    """The same at once for whoever is heard no more, or again."""
    for party in call.parties:
        if (
            party.peer is not None
            and party.connected
            and party.peer.lost != (party.condition == "lost")
        ):
            _sample(call, party, now)


def _sample(call: LiveCall, party: Party, now: Moment) -> None:
    condition = _condition(call, party, now)
    if condition is None:
        return
    if call.state.status == "active":
        party.stretches.note(condition, now.steady)
    if condition != party.condition:
        party.condition = condition
        call.send(QualityChanged(room_id=call.room_id, user_id=party.user_id, quality=condition))


def _condition(call: LiveCall, party: Party, now: Moment) -> Condition | None:
    """None: nothing is known yet.

    That somebody has just accepted and is on the way is no fault of theirs.
    """
    if party.peer is not None and party.connected:
        return party.peer.quality()
    on_the_way = (
        call.state.started is None or now.steady - call.state.started.steady < STRETCH_SECONDS
    )
    return None if on_the_way and not party.was_connected else "lost"


def outcome(call: LiveCall, now: Moment) -> Outcome:
    """What the row keeps of the media."""
    sides = ConnectionBySide(
        provider=call.provider.stretches.summary(now.steady),
        patient=call.patient.stretches.summary(now.steady),
    )
    return Outcome(sides, call.room.bytes_relayed)
