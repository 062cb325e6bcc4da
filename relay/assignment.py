"""Which participant's source goes on which slot. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relay.media import Assignment, Slot, SlotCount, Source
from relay.negotiation.slots import SCREEN_STREAM


@dataclass(frozen=True)
class Publication:
    """What one participant sends."""

    participant_id: str
    uplinks: Mapping[Source, str] | None
    """Source → MID. None: the participant's page has not offered yet,
    so what it will send is not known.
    """

    def sends(self, source: Source) -> bool:
        """Whether the source is there now."""
        return self.uplinks is not None and source in self.uplinks

    def keeps(self, source: Source) -> bool:
        """Whether a slot stays with the source: while a page reloads, its slots wait for it."""
        return self.uplinks is None or source in self.uplinks


def slots_needed(participants: int) -> SlotCount:
    """For each of `participants` in the room: microphone and camera of every other,
    and one screen.
    """
    others = max(1, participants - 1)
    return SlotCount(audio=others, video=others + 1)


def assign(
    slots: Sequence[Slot], current: Mapping[str, Assignment], publications: Sequence[Publication]
) -> dict[str, Assignment]:
    """Slot MID → assignment for one subscriber. `publications` are the others in order of joining.

    Who has a slot keeps it. A participant's microphone and camera share a stream, which plays them
    in lip sync.
    """
    present = {publication.participant_id: publication for publication in publications}
    seats = _seats(slots, current, present)
    _seat_newcomers(slots, seats, publications)
    screen = _screen(current, publications)
    assignments = {}
    for slot in slots:
        source = _source(slot)
        holder = screen if source == "screen" else seats.get(slot.stream)
        if holder is None:
            continue
        wanted, publication = Assignment(slot.mid, holder, source), present[holder]
        kept = current.get(slot.mid) == wanted and publication.keeps(source)
        if kept or publication.sends(source):
            assignments[slot.mid] = wanted
    return assignments


def _source(slot: Slot) -> Source:
    if slot.kind == "audio":
        return "microphone"
    return "screen" if slot.stream == SCREEN_STREAM else "camera"


def _seats(
    slots: Sequence[Slot], current: Mapping[str, Assignment], present: Mapping[str, Publication]
) -> dict[str, str]:
    """Stream → participant, as the current assignments have it, for those still in the room."""
    seats: dict[str, str] = {}
    for slot in slots:
        held = current.get(slot.mid)
        if (
            not held
            or held.source != _source(slot)
            or held.source == "screen"
            or held.participant_id not in present
        ):
            continue
        if held.participant_id not in seats.values():
            seats[slot.stream] = held.participant_id
    return seats


def _seat_newcomers(
    slots: Sequence[Slot], seats: dict[str, str], publications: Sequence[Publication]
) -> None:
    streams = dict.fromkeys(slot.stream for slot in slots if slot.stream != SCREEN_STREAM)
    free = [stream for stream in streams if stream not in seats]
    for publication in publications:
        seated = publication.participant_id in seats.values()
        if free and not seated and (publication.sends("microphone") or publication.sends("camera")):
            seats[free.pop(0)] = publication.participant_id


def _screen(current: Mapping[str, Assignment], publications: Sequence[Publication]) -> str | None:
    """Whose screen is shown: the one on show as long as it lasts, then who joined first."""
    shown = {held.participant_id for held in current.values() if held.source == "screen"}
    keeping = [
        p.participant_id for p in publications if p.participant_id in shown and p.keeps("screen")
    ]
    sharing = [p.participant_id for p in publications if p.sends("screen")]
    return next(iter(keeping + sharing), None)
