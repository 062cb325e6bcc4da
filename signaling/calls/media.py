"""Media of a page: its offers are answered, and what becomes of its connection is told."""

from collections.abc import Mapping, Sequence

from relay.media import Assignment, SlotCount, Source
from relay.negotiation.negotiate import NegotiationError
from signaling.calls import announcements, participants, quality, recording, timers
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import Answer, MediaState, NeedOffer, Pictures, Slots
from signaling.kernel.errors import Invalid
from signaling.kernel.hub import Socket


async def offer(
    calls: Calls, socket: Socket, room_id: str, sdp: str, sources: Mapping[str, Source]
) -> Answer:
    """The answer to the offer of the page that carries the call.

    A reloaded page is known by its new DTLS certificate: it replaces its old media.
    Raises Invalid with what the relay could not agree to; then nothing has changed.
    """
    call, party = calls.carried(socket, room_id)
    participants.require_sources(party.side, party.capabilities, sources.values())
    was_connected, could = party.connected, party.video_codecs
    peer = party.peer = party.peer or call.room.join(party.user_id, Listener(calls, call, party))
    try:
        reply = await peer.offer(sdp, sources)
    except NegotiationError as error:
        raise Invalid("bad_offer", problem=str(error)) from None
    party.assignments = reply.assignments
    peer.receive(participants.received_with(party.pictures))
    if party.connected != was_connected:
        _changed(calls, call, party)
    elif party.video_codecs != could:
        announcements.tell_participants(call)
    return Answer(room_id=call.room_id, sdp=reply.sdp, assignments=party.slot_assignments())


def set_state(calls: Calls, socket: Socket, room_id: str, state: MediaState) -> None:
    """Tell the others what is muted."""
    call, party = calls.carried(socket, room_id)
    party.media = state
    announcements.tell_participants(call)


def set_pictures(calls: Calls, socket: Socket, room_id: str, pictures: Pictures) -> None:
    """Send a page no more pictures than it can use, and tell the others."""
    call, party = calls.carried(socket, room_id)
    if pictures == party.pictures:
        return
    party.pictures = pictures
    if party.peer is not None:
        party.peer.receive(participants.received_with(pictures))
    announcements.tell_participants(call)


class Listener:
    """What the relay says about one peer, as long as that peer is the party's."""

    def __init__(self, calls: Calls, call: LiveCall, party: Party) -> None:
        self._calls = calls
        self._call = call
        self._party = party

    def peer_connected(self) -> None:
        self._party.was_connected = True
        _changed(self._calls, self._call, self._party)

    def peer_disconnected(self, reason: str) -> None:  # noqa: ARG002 - the relay counts reasons
        if not self._call.state.over:
            quality.sample_parties(
                self._calls.ledger, self._call, [self._party], self._calls.clock.moment()
            )
        _changed(self._calls, self._call, self._party)

    def need_offer(self, slots: SlotCount) -> None:
        self._party.send(
            NeedOffer(room_id=self._call.room_id, slots=Slots(audio=slots.audio, video=slots.video))
        )

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None:
        self._party.assignments = tuple(assignments)
        announcements.tell_participants(self._call, self._party)


def _changed(calls: Calls, call: LiveCall, party: Party) -> None:
    """The party's media came or went."""
    if call.state.over:
        return
    recording.halt(call)  # somebody who has not agreed may be back, without a page
    timers.watch(calls, call, party)
    announcements.tell_participants(call)
    calls.background.spawn(recording.adjust(call))
