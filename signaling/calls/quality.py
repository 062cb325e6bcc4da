"""How well each connection of a call works: what everybody is told, and what the rows keep."""

from collections.abc import Iterable

from signaling.calls.ledger import Ledger, Outcome
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import QualityChanged
from signaling.calls.resources import ConnectionBySide
from signaling.calls.stretches import STRETCH_SECONDS
from signaling.kernel.clock import Moment
from signaling.kernel.words import Condition


def sample(ledger: Ledger, call: LiveCall, now: Moment) -> None:
    """Take each connection's word for how well it works, and tell everybody when one changes."""
    sample_parties(ledger, call, call.parties, now)


def notice_silence(ledger: Ledger, call: LiveCall, now: Moment) -> None:
    """The same at once for whoever is heard no more, or again."""
    changed = (
        party
        for party in call.parties
        if party.peer is not None
        and party.connected
        and party.peer.lost != (party.condition == "lost")
    )
    sample_parties(ledger, call, changed, now)


def sample_parties(ledger: Ledger, call: LiveCall, parties: Iterable[Party], now: Moment) -> None:
    """The same for some of them. What changes while the call runs is written down."""
    noted: dict[str, Condition] = {}
    for party in parties:
        condition = _condition(call, party, now)
        if condition is None:
            continue
        if call.state.status == "active":
            party.stretches.note(condition, now.steady)
            if condition != party.noted:
                noted[party.user_id] = party.noted = condition
        if condition != party.condition:
            party.condition = condition
            call.send(
                QualityChanged(room_id=call.room_id, user_id=party.user_id, quality=condition)
            )
    if noted:
        ledger.connections(call, noted, now.at)


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
