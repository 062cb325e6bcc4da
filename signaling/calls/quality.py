"""How well each connection of a call works: what everybody is told, and what the row keeps."""

from signaling.calls.ledger import Outcome
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import QualityChanged
from signaling.calls.resources import ConnectionBySide
from signaling.calls.stretches import STRETCH_SECONDS
from signaling.kernel.clock import Moment
from signaling.kernel.words import Condition


def sample(call: LiveCall, now: Moment) -> None:
    """Take each connection's word for how well it works, and tell everybody when one changes."""
    for party in call.parties:
        sample_party(call, party, now)


def notice_silence(call: LiveCall, now: Moment) -> None:
    """The same at once for whoever is heard no more, or again."""
    for party in call.parties:
        if (
            party.peer is not None
            and party.connected
            and party.peer.lost != (party.condition == "lost")
        ):
            sample_party(call, party, now)


def sample_party(call: LiveCall, party: Party, now: Moment) -> None:
    """The same for one of them."""
    condition = _condition(call, party, now)
    if condition is None:
        return
    if call.state.status == "active":
        party.stretches.note(condition, now.steady)
    if condition != party.condition:
        party.condition = condition
        call.send(QualityChanged(room_id=call.room_id, user_id=party.user_id, quality=condition))


def _condition(call: LiveCall, party: Party, now: Moment) -> Condition | None:
    """None: nothing is known yet. Whoever has just accepted and is on the way is not lost."""
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
