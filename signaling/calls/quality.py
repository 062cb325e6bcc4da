"""How well each connection of a call works: what everybody is told, and what the rows keep."""

from collections.abc import Iterable

from relay.forwarder import Path
from relay.quality import Judgement
from signaling.calls.ledger import Ledger, Outcome
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import PathChanged, QualityChanged
from signaling.calls.resources import ConnectionBySide
from signaling.calls.stretches import STRETCH_SECONDS
from signaling.kernel.clock import Moment
from signaling.kernel.words import Condition


def sample(ledger: Ledger, call: LiveCall, now: Moment) -> None:
    """Take each connection's word for how well it works, and tell everybody when one changes; and
    each page what it cannot know of its own.
    """
    sample_parties(ledger, call, call.parties, now)
    for party in call.parties:
        _tell_path(call, party)


def _tell_path(call: LiveCall, party: Party) -> None:
    if party.peer is None or party.socket is None or not party.connected:
        return
    known = party.peer.path()
    path = Path(round(known.loss, 2), known.carries_bps, known.limit_bps)
    if path != party.path:
        party.path = path
        party.send(
            PathChanged(
                room_id=call.room_id,
                loss=path.loss,
                carries_bps=path.carries_bps,
                limit_bps=path.limit_bps,
            )
        )


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
        judgement = _judgement(call, party, now)
        if judgement is None:
            continue
        condition, direction = judgement.condition, judgement.direction
        if call.state.status == "active":
            party.stretches.note(condition, now.steady)
            if condition != party.noted:
                noted[party.user_id] = party.noted = condition
        if (condition, direction) != (party.condition, party.direction):
            party.condition, party.direction = condition, direction
            call.send(
                QualityChanged(
                    room_id=call.room_id,
                    user_id=party.user_id,
                    quality=condition,
                    direction=direction,
                )
            )
    if noted:
        ledger.connections(call, noted, now.at)


def _judgement(call: LiveCall, party: Party, now: Moment) -> Judgement | None:
    """None: nothing is known yet. Whoever has just accepted and is on the way is not lost."""
    if party.peer is not None and party.connected:
        return party.peer.quality()
    on_the_way = (
        call.state.started is None or now.steady - call.state.started.steady < STRETCH_SECONDS
    )
    return None if on_the_way and not party.was_connected else Judgement("lost")


def outcome(call: LiveCall, now: Moment) -> Outcome:
    """What the row keeps of the media."""
    sides = ConnectionBySide(
        provider=call.provider.stretches.summary(now.steady),
        patient=call.patient.stretches.summary(now.steady),
    )
    return Outcome(sides, call.room.bytes_relayed)
